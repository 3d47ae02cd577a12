package io.openledger.runtime.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnsweringTest {

  private static final ModelInfo BASE = info("base", Optional.empty());

  private static ModelInfo info(String name, Optional<String> parent) {
    return new ModelInfo(
        new ModelId(name), parent.map(ModelId::new), "llama", Hash256.ZERO, 512, true);
  }

  /** Adapters of a base model; {@code -} is the name of none. */
  private static Answering together(AdapterMix mix, String second) {
    return Answering.together(
        BASE,
        mix,
        id -> {
          String parent = id.value().equals("b") ? second : "base";
          return new ManagedAdapters.Entry(
              AdapterRow.plain(id),
              info(id.value(), Optional.of(parent).filter(p -> !p.equals("-"))),
              Path.of("nowhere"));
        },
        entry -> "builder of " + entry.row().id());
  }

  @Test
  void oneVersionIsLookedUpOnceForAllThatIsSaidOfIt() {
    Answering answering = together(AdapterMix.of("a", 0.5).and("b", -2), "base");
    assertThat(answering.model()).isEqualTo(BASE);
    assertThat(answering.builders().values()).containsExactly(500_000L, 2_000_000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "a", "-"})
  void refusesAdaptersOfDifferentBaseModels(String second) {
    for (AdapterMix mix :
        new AdapterMix[] {AdapterMix.of("a", 1).and("b", 1), AdapterMix.of("b", 1)}) {
      assertThatThrownBy(() -> together(mix, second))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_MISMATCH))
          .hasMessageContaining("adapter b of")
          .hasMessageContaining("adapters of base");
    }
  }
}
