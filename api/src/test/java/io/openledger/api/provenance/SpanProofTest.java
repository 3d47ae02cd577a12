package io.openledger.api.provenance;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpanProofTest {

  private static final DatanetId LAWS = new DatanetId("laws");
  private static final ContributionId SOURCE = new ContributionId(LAWS, 3);

  private static SpanClaim claim(int offset, List<Integer> tokens, OptionalInt next) {
    return new SpanClaim(Hash256.ZERO, SOURCE, offset, tokens, OptionalInt.empty(), next);
  }

  private static SpanProof proof(DatanetId datanet, long version) {
    return new SpanProof(
        new SpanMatch(0, 4, 2, 10, 10, 1, 1, List.of(SOURCE)),
        datanet,
        version,
        Hash256.ZERO,
        claim(0, List.of(1, 2), OptionalInt.empty()),
        "AA==");
  }

  @Test
  void refusesAnotherDatanetThanTheClaimsAndVersionsBeforeTheFirst() {
    assertThatCode(() -> proof(LAWS, 1)).doesNotThrowAnyException();
    assertThatThrownBy(() -> proof(new DatanetId("songs"), 1))
        .isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> proof(LAWS, 0)).isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void refusesClaimsOfNoTokensOfTooManyAndOfNegativeOnes() {
    List<Integer> most = IntStream.range(0, SpanClaim.MOST_TOKENS).boxed().toList();
    List<Integer> more = IntStream.rangeClosed(0, SpanClaim.MOST_TOKENS).boxed().toList();
    assertThatCode(() -> claim(0, most, OptionalInt.of(0))).doesNotThrowAnyException();
    for (List<Integer> wrong : List.of(more, List.<Integer>of(), List.of(1, -1))) {
      assertThatThrownBy(() -> claim(0, wrong, OptionalInt.empty()))
          .isInstanceOf(OpenLedgerException.class);
    }
    assertThatThrownBy(() -> claim(-1, most, OptionalInt.empty()))
        .isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> claim(0, most, OptionalInt.of(-1)))
        .isInstanceOf(OpenLedgerException.class);
  }
}
