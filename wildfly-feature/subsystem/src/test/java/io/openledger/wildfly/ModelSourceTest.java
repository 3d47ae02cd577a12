package io.openledger.wildfly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.config.OpenLedgerConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSourceTest {

  @TempDir Path directory;

  @Test
  void managementModelWinsOverOtherSources() {
    OpenLedgerConfig config =
        source(Map.of(ConfigAttribute.SLOTS, "16"))
            .read(others(Map.of("openledger.serving.slots", "4")));
    assertThat(config.serving().limits().slots()).isEqualTo(16);
  }

  @Test
  void whatTheModelLeavesOutComesFromOtherSources() {
    OpenLedgerConfig config =
        source(Map.of())
            .read(
                others(
                    Map.of(
                        "openledger.serving.slots", "4", "openledger.treasury-address", ADDRESS)));
    assertThat(config.serving().limits().slots()).isEqualTo(4);
    assertThat(config.treasury().address()).contains(ADDRESS);
  }

  @Test
  void dataLiesBesideTheServersDataUnlessSomebodySaysOtherwise() {
    assertThat(source(Map.of()).read(others(Map.of())).dataDirectory()).isEqualTo(directory);
    Path other = directory.resolve("other");
    assertThat(
            source(Map.of())
                .read(others(Map.of("openledger.data.directory", other.toString())))
                .dataDirectory())
        .isEqualTo(other);
    assertThat(
            source(Map.of(ConfigAttribute.DATA_DIRECTORY, other.toString()))
                .read(others(Map.of()))
                .dataDirectory())
        .isEqualTo(other);
  }

  @Test
  void refusesAValueThatOnlyShowsWhenResolved() {
    assertThatThrownBy(() -> source(Map.of(ConfigAttribute.SLOTS, "many")).read(others(Map.of())))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID))
        .hasMessageContaining("openledger.serving.slots is 'many'");
  }

  private static final String ADDRESS = "0x00000000000000000000000000000000000000aa";

  private ModelSource source(Map<ConfigAttribute, String> model) {
    return new ModelSource(model, directory.toString());
  }

  private static Function<String, Optional<String>> others(Map<String, String> values) {
    return key -> Optional.ofNullable(values.get(key));
  }
}
