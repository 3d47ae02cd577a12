package io.openledger.rollup.outbox;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.tx.Fees;
import java.math.BigInteger;
import java.util.Optional;
import java.util.function.LongSupplier;

/** What gas costs, as it was at most {@link #MAX_AGE} ago. Safe for any thread. */
final class Market {

  /** A block of the rollup takes as long. In ns. */
  static final long MAX_AGE = 2_000_000_000L;

  /** Offered where nothing is known: little, and raised later. */
  private static final Wei SMALL_TIP = Wei.of(1_000_000);

  private record Seen(Optional<Fees> fees, long at) {}

  private final ChainClient chain;
  private final Wei ceiling;

  /** The most that one raise does not bring above the ceiling. */
  private final Wei unknown;

  private final LongSupplier nanoTime;
  private volatile Seen seen;

  /**
   * @param ceiling most wei that a unit of gas may ever cost
   * @param bump percent of a raise
   */
  Market(ChainClient chain, Wei ceiling, int bump, LongSupplier nanoTime) {
    this.chain = chain;
    this.ceiling = ceiling;
    BigInteger before =
        ceiling.value().multiply(BigInteger.valueOf(100)).divide(BigInteger.valueOf(100L + bump));
    this.unknown = new Wei(before.max(BigInteger.ONE));
    this.nanoTime = nanoTime;
    this.seen = new Seen(Optional.empty(), nanoTime.getAsLong() - MAX_AGE);
  }

  /** Empty if the chain does not say, or if the base fee is above the ceiling. */
  Optional<Fees> now() {
    Seen last = seen;
    long now = nanoTime.getAsLong();
    if (now - last.at() < MAX_AGE) {
      return last.fees();
    }
    Optional<Fees> fees;
    try {
      fees = Optional.of(chain.fees(ceiling));
    } catch (OpenLedgerException e) {
      fees = Optional.empty(); // the sender's turn meets the same trouble, and tells
    }
    seen = new Seen(fees, now);
    return fees;
  }

  /**
   * For a new message: the market's, or nearly all that is allowed, so that the small tip can still
   * be raised. The cap is not what is paid: that is base fee and tip.
   */
  Fees offer() {
    return now()
        .orElseGet(() -> new Fees(SMALL_TIP.compareTo(unknown) < 0 ? SMALL_TIP : unknown, unknown));
  }
}
