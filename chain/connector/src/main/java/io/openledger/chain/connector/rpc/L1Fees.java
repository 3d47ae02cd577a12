package io.openledger.chain.connector.rpc;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.L1DataFee;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What a transaction's data costs on L1, as the rollup's own contract tells (OP Stack
 * specification, "Predeploys", GasPriceOracle). All its answers are of one block.
 *
 * <p>{@code getL1Fee} adds 68 bytes for a signature to what it is given, and what it is given here
 * may be signed already: the figure is then a little too high, never too low.
 */
final class L1Fees {

  static final ChainAddress ORACLE = new ChainAddress("0x420000000000000000000000000000000000000f");

  private static final AbiSignature FEE = AbiSignature.parse("getL1Fee(bytes)");
  private static final AbiSignature BOUND = AbiSignature.parse("getL1FeeUpperBound(uint256)");
  private static final AbiSignature BASE_FEE = AbiSignature.parse("l1BaseFee()");
  private static final AbiSignature BLOB_BASE_FEE = AbiSignature.parse("blobBaseFee()");
  private static final AbiSignature BASE_FEE_SCALAR = AbiSignature.parse("baseFeeScalar()");
  private static final AbiSignature BLOB_BASE_FEE_SCALAR =
      AbiSignature.parse("blobBaseFeeScalar()");

  private final ChainClient client;
  private volatile boolean there;

  L1Fees(ChainClient client) {
    this.client = client;
  }

  Wei of(byte[] raw) {
    // a rollup does not lose its contract; another chain may be asked again
    if (!there && client.code(ORACLE).length == 0) {
      return Wei.ZERO;
    }
    there = true;
    long block = client.head(Finality.UNSAFE).number();
    return number(block, FEE, (Object) raw)
        .or(() -> number(block, BOUND, BigInteger.valueOf(raw.length)))
        .map(Wei::new)
        .or(() -> parameters(block).map(p -> p.of(new SignedTransaction(raw))))
        .orElse(Wei.ZERO);
  }

  private Optional<L1DataFee> parameters(long block) {
    Optional<BigInteger> baseFee = below(128, number(block, BASE_FEE));
    Optional<BigInteger> blobBaseFee = below(128, number(block, BLOB_BASE_FEE));
    Optional<BigInteger> scalar = below(32, number(block, BASE_FEE_SCALAR));
    Optional<BigInteger> blobScalar = below(32, number(block, BLOB_BASE_FEE_SCALAR));
    if (baseFee.isEmpty() || blobBaseFee.isEmpty() || scalar.isEmpty() || blobScalar.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new L1DataFee(
            new Wei(baseFee.get()),
            new Wei(blobBaseFee.get()),
            scalar.get().longValueExact(),
            blobScalar.get().longValueExact()));
  }

  private static Optional<BigInteger> below(int bits, Optional<BigInteger> number) {
    return number.filter(n -> n.bitLength() <= bits);
  }

  /** A number that the contract tells; empty if it has no such function or tells something else. */
  private Optional<BigInteger> number(long block, AbiSignature function, Object... arguments) {
    byte[] word;
    try {
      word = client.call(Call.to(ORACLE, function.encodeCall(arguments)), block);
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      return Optional.empty();
    }
    return word.length == 32 ? Optional.of(new BigInteger(1, word)) : Optional.empty();
  }
}
