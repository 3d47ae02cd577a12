package io.openledger.chain.connector.tx;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.math.BigInteger;

/**
 * What the rollup charges for the room that a transaction takes on L1 (OP Stack specification,
 * Fjord). It comes on top of gas, is not bounded by the gas limit and depends on L1's fees at the
 * time of inclusion.
 *
 * @param baseFee L1's base fee
 * @param blobBaseFee L1's fee of a unit of blob gas
 * @param baseFeeScalar of the rollup's system configuration, 0 to 2³² − 1
 * @param blobBaseFeeScalar likewise
 */
public record L1DataFee(Wei baseFee, Wei blobBaseFee, long baseFeeScalar, long blobBaseFeeScalar) {

  private static final BigInteger INTERCEPT = BigInteger.valueOf(-42_585_600);
  private static final BigInteger SLOPE = BigInteger.valueOf(836_500);
  private static final BigInteger LEAST = BigInteger.valueOf(100_000_000);
  private static final BigInteger SCALE = BigInteger.TEN.pow(12);
  private static final BigInteger SIXTEEN = BigInteger.valueOf(16);

  public L1DataFee {
    if (baseFeeScalar >>> 32 != 0 || blobBaseFeeScalar >>> 32 != 0) {
      throw OpenLedgerException.invalid(
          "scalars", baseFeeScalar + " and " + blobBaseFeeScalar, "0 to 2^32 - 1 each");
    }
  }

  /** The fee of a signed transaction, rounded down. */
  public Wei of(SignedTransaction transaction) {
    return ofLength(FastLz.length(transaction.toBytes()));
  }

  /**
   * The fee of a transaction that FastLZ would compress to so many bytes.
   *
   * @param compressed 0 or more
   */
  Wei ofLength(int compressed) {
    BigInteger size = LEAST.max(INTERCEPT.add(SLOPE.multiply(BigInteger.valueOf(compressed))));
    BigInteger price =
        SIXTEEN
            .multiply(BigInteger.valueOf(baseFeeScalar))
            .multiply(baseFee.value())
            .add(BigInteger.valueOf(blobBaseFeeScalar).multiply(blobBaseFee.value()));
    return new Wei(size.multiply(price).divide(SCALE));
  }
}
