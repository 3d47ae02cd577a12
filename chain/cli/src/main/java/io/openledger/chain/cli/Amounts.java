package io.openledger.chain.cli;

import io.openledger.api.reward.Wei;
import java.math.BigDecimal;

/** Amounts as people read them; nothing is rounded. */
final class Amounts {

  private Amounts() {}

  /** In whole coins, without the zeros at the end. */
  static String coins(Wei amount) {
    return plain(amount.toOpen());
  }

  /** In billionths of a coin. */
  static String gwei(Wei amount) {
    return plain(new BigDecimal(amount.value(), 9));
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }
}
