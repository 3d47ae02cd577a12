package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * How strongly an adapter is added in a mix. Kept in millionths, because builders are paid by it: a
 * whole number is the same one on every machine and in every language that reads a receipt.
 *
 * @param millionths −8 000 000 to 8 000 000 without 0; a million as the adapter was trained, below
 *     0 takes its change away
 */
public record AdapterWeight(int millionths) {

  /** As the adapter was trained. */
  public static final AdapterWeight ONE = new AdapterWeight(1_000_000);

  private static final int MOST = 8_000_000;
  private static final String ALLOWED = "-8 to 8 in millionths, and not 0";

  public AdapterWeight {
    if (millionths == 0 || millionths < -MOST || millionths > MOST) {
      throw refused(millionths == 0 ? "0" : text(millionths));
    }
  }

  /**
   * The weight of a number, to the nearest millionth, the even one of two.
   *
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#INVALID_ARGUMENT} for what is
   *     not finite, out of range, or 0 in millionths
   */
  public static AdapterWeight of(double weight) {
    if (!(Math.abs(weight) <= 8)) {
      throw refused(Double.toString(weight));
    }
    int millionths =
        new BigDecimal(weight).movePointRight(6).setScale(0, RoundingMode.HALF_EVEN).intValue();
    if (millionths == 0) {
      throw refused(Double.toString(weight));
    }
    return new AdapterWeight(millionths);
  }

  private static OpenLedgerException refused(String arrived) {
    return OpenLedgerException.invalid(
        "adapter weight", arrived, ALLOWED + "; an adapter that is to add nothing is left out");
  }

  /** The weight as a number: the one nearest to its decimal. */
  public double value() {
    return millionths / 1e6;
  }

  /** How much of it there is, whichever way: 1 to 8 000 000. */
  public int magnitude() {
    return Math.abs(millionths);
  }

  private static String text(int millionths) {
    return BigDecimal.valueOf(millionths, 6).stripTrailingZeros().toPlainString();
  }

  /** Its decimal, without zeros at the end: {@code -0.25}. */
  @Override
  public String toString() {
    return text(millionths);
  }
}
