package io.openledger.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TroublesTest {

  private static String refusal(ErrorCode code, String arrived) {
    return new OpenLedgerException(code, arrived, "something else", "do it").getMessage();
  }

  @Test
  void saysOnceWhatSeveralSayInTheSameWords() {
    String refused = refusal(ErrorCode.CHAIN_REFUSED, "the chain refuses: no funds");
    assertThat(Troubles.once(List.of(refused, "following the roots: " + refused, "all read")))
        .isEqualTo(refused + "; all read");
  }

  @Test
  void saysAnOutageOnceWhateverWasAboutToBeDone() {
    String first = refusal(ErrorCode.CHAIN_UNAVAILABLE, "nobody answers about a block");
    assertThat(
            Troubles.once(
                List.of(
                    first,
                    "posting: " + refusal(ErrorCode.CHAIN_UNAVAILABLE, "nobody answers a call"))))
        .isEqualTo(first);
  }

  @Test
  void saysAllThatDiffers() {
    String chain = refusal(ErrorCode.CHAIN_UNAVAILABLE, "nobody answers");
    String ledger = refusal(ErrorCode.LEDGER_UNAVAILABLE, "the database is down");
    String one = refusal(ErrorCode.CHAIN_REFUSED, "no funds");
    String other = refusal(ErrorCode.CHAIN_REFUSED, "not the owner");
    assertThat(Troubles.once(List.of(chain, ledger, one, other)))
        .isEqualTo(String.join("; ", chain, ledger, one, other));
    assertThat(Troubles.once(List.of())).isEmpty();
  }
}
