package io.openledger.api.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClaimTypesTest {

  private static final ChainAddress ADDRESS = new ChainAddress("0x" + "1".repeat(40));

  private static RootPosting posting(long epoch, RootPosting.State state) {
    return new RootPosting(epoch, state, Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Test
  void refusesAnEpochBeforeTheFirst() {
    assertThat(posting(1, RootPosting.State.ACTIVE).epoch()).isEqualTo(1);
    assertThatThrownBy(() -> posting(0, RootPosting.State.ACTIVE))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("1 or more");
  }

  @Test
  void onlyRootsInABlockThatWereNotDroppedStand() {
    assertThat(Arrays.stream(RootPosting.State.values()).filter(RootPosting.State::stands))
        .containsExactly(
            RootPosting.State.WAITING, RootPosting.State.ACTIVE, RootPosting.State.SUPERSEDED);
  }

  @Test
  void refusesAChainWithoutAnId() {
    assertThatThrownBy(
            () ->
                new ClaimStanding(
                    AccountId.parse("contributor:a"),
                    ADDRESS,
                    0,
                    ADDRESS,
                    Wei.ZERO,
                    Wei.ZERO,
                    Wei.ZERO,
                    Wei.ZERO,
                    Optional.empty(),
                    Instant.EPOCH))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("chain id is 0");
  }
}
