package io.openledger.rollup.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/** What settling costs now: gas on the rollup, and the fee for L1 data. */
final class SettlingCost {

  /** Gas of a settlement: 42 900 if the payee sends it, 45 400 if others do. */
  private static final long USUAL_GAS = 45_400;

  /** Bytes of a settlement's calldata: a selector, five words, a signature with its length. */
  private static final int USUAL_BYTES = 292;

  /** Bytes that a transaction has beside its calldata. */
  private static final int ENVELOPE = 120;

  private static final Wei NO_CEILING = new Wei(BigInteger.ONE.shiftLeft(96));

  private final ChainClient chain;

  SettlingCost(ChainClient chain) {
    this.chain = chain;
  }

  /** Of any channel, whatever a unit of gas costs. */
  Wei usual() {
    byte[] data = new byte[USUAL_BYTES];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 151); // signatures and hashes do not compress
    }
    return of(data, USUAL_GAS, NO_CEILING);
  }

  /** Of one channel that closes: there is no waiting for cheaper gas. */
  Wei atClose(byte[] data, long gas) {
    return of(data, gas, NO_CEILING);
  }

  /** Of one channel; empty if a unit of gas costs more than a ceiling. */
  Optional<Wei> below(Wei ceiling, byte[] data, long gas) {
    try {
      return Optional.of(of(data, gas, ceiling));
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.INVALID_ARGUMENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Wei of(byte[] data, long gas, Wei ceiling) {
    BigInteger price =
        chain
            .head(Finality.UNSAFE)
            .baseFee()
            .value()
            .add(chain.fees(ceiling).maxPriorityFeePerGas().value());
    byte[] raw = Arrays.copyOf(data, data.length + ENVELOPE);
    return new Wei(price.multiply(BigInteger.valueOf(gas)).add(chain.l1Fee(raw).value()));
  }
}
