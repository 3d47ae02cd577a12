package io.openledger.rollup.outbox;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.tx.Fees;
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
  private final LongSupplier nanoTime;
  private volatile Seen seen;

  Market(ChainClient chain, Wei ceiling, LongSupplier nanoTime) {
    this.chain = chain;
    this.ceiling = ceiling;
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
   * For a new message: the market's, or all that is allowed. The cap is not what is paid: that is
   * base fee and tip.
   */
  Fees offer() {
    return now()
        .orElseGet(() -> new Fees(SMALL_TIP.compareTo(ceiling) < 0 ? SMALL_TIP : ceiling, ceiling));
  }
}
