package io.openledger.chain.connector.rpc;

import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.Fees;
import java.math.BigInteger;
import java.util.List;

/** What a unit of gas costs, out of what endpoints ask for. */
final class FeeMarket {

  private FeeMarket() {}

  /**
   * @param baseFee of the newest block
   * @param tips that endpoints ask for, none if they do not tell
   * @param settings bounds of the tip
   * @param ceiling most that a unit of gas may ever cost
   */
  static Fees fees(Wei baseFee, List<BigInteger> tips, EndpointSettings settings, Wei ceiling) {
    List<BigInteger> sorted = tips.stream().sorted().toList();
    BigInteger asked = sorted.isEmpty() ? BigInteger.ZERO : sorted.get((sorted.size() - 1) / 2);
    BigInteger tip = asked.max(settings.leastTip().value()).min(settings.mostTip().value());
    return Fees.of(baseFee, new Wei(tip), ceiling);
  }
}
