package io.openledger.chain.connector.tx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeesTest {

  private static final Wei CEILING = Wei.of(1_000_000_000_000L);

  @Test
  void paysTwiceTheBaseFeeAndTheTipAtMost() {
    assertThat(Fees.of(Wei.of(100), Wei.of(7), CEILING))
        .isEqualTo(new Fees(Wei.of(7), Wei.of(207)));
    assertThat(Fees.of(Wei.of(100), Wei.of(70), Wei.of(150)))
        .isEqualTo(new Fees(Wei.of(70), Wei.of(150)));
    assertThatThrownBy(() -> Fees.of(Wei.of(100), Wei.of(7), Wei.of(99)))
        .isInstanceOf(OpenLedgerException.class);
  }

  /**
   * geth: the new figure must not be below old · 110 / 100 in integers, and must be above the old.
   */
  @Test
  void raisesBothFiguresAsFarAsNodesWant() {
    Random random = new Random(3);
    for (int i = 0; i < 10_000; i++) {
      long tip = i < 50 ? i : random.nextLong(1_000_000);
      Fees old = new Fees(Wei.of(tip), Wei.of(tip + random.nextLong(1_000_000)));
      Fees market = new Fees(Wei.ZERO, Wei.of(random.nextLong(1_000_000)));
      Fees bumped = old.bumped(10, market, CEILING).orElseThrow();
      for (Wei[] pair :
          new Wei[][] {
            {old.maxFeePerGas(), bumped.maxFeePerGas()},
            {old.maxPriorityFeePerGas(), bumped.maxPriorityFeePerGas()}
          }) {
        BigInteger least =
            pair[0].value().multiply(BigInteger.valueOf(110)).divide(BigInteger.valueOf(100));
        assertThat(pair[1].value()).isGreaterThanOrEqualTo(least).isGreaterThan(pair[0].value());
      }
      assertThat(bumped.maxFeePerGas()).isGreaterThanOrEqualTo(market.maxFeePerGas());
    }
  }

  @Test
  void doesNotBumpAboveTheCeilingOrByLessThanNodesWant() {
    Fees old = new Fees(Wei.of(1), Wei.of(100));
    assertThat(old.bumped(10, old, Wei.of(109))).isEmpty();
    assertThat(old.bumped(10, old, Wei.of(110))).isPresent();
    assertThatThrownBy(() -> old.bumped(9, old, CEILING)).isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void countsTheGasThatATransactionCostsBeforeItRuns() {
    byte[] data = {0, 0, 1, 2};
    assertThat(IntrinsicGas.of(data, false)).isEqualTo(21_000 + 2 * 4 + 2 * 16);
    assertThat(IntrinsicGas.of(data, true)).isEqualTo(21_000 + 2 * 4 + 2 * 16 + 32_000 + 2);
    assertThat(IntrinsicGas.leastLimit(data, false)).isEqualTo(21_000 + 10 * 10);
  }
}
