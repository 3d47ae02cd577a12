package io.openledger.rollup.outbox;

import io.openledger.chain.connector.tx.Fees;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.rollup.outbox.OutboxRows.Made;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Fills nonces that nobody has and that messages wait behind. There is one way to such a gap: the
 * key's first nonce was counted over transactions from outside that a reorganisation then took away
 * for good. No message of ours ever had such a nonce, so a transfer of nothing to oneself there
 * takes the place of no payment. One thread at a time.
 */
final class Gaps {

  /** What fillers' business keys begin with; refused to everybody else. */
  static final String PREFIX = "outbox/";

  /** More are no trace of a reorganisation but another chain, or a node that is far behind. */
  private static final long MOST = 64;

  private final OutboxRows rows;
  private final Leases leases;
  private final Signing signing;
  private final Market market;
  private final Identity identity;
  private final Duration after;
  private final LongSupplier nanoTime;
  private OptionalLong nonce = OptionalLong.empty();
  private long since;

  Gaps(
      OutboxRows rows,
      Leases leases,
      Signing signing,
      Market market,
      Identity identity,
      Duration after,
      LongSupplier nanoTime) {
    this.rows = rows;
    this.leases = leases;
    this.signing = signing;
    this.market = market;
    this.identity = identity;
    this.after = after;
    this.nanoTime = nanoTime;
  }

  /**
   * Stores a filler for the chain's next nonce if it has been missing for long enough.
   *
   * @param next the chain's next nonce
   * @param lowest the lowest of ours that is not final; empty if none is, or if one is not above
   *     {@code next}
   * @return what is missing, in words, while it is
   */
  Optional<String> fill(Lease lease, long next, OptionalLong lowest) {
    if (lowest.isEmpty() || lowest.getAsLong() <= next) {
      nonce = OptionalLong.empty();
      return Optional.empty();
    }
    String missing =
        "nonce " + next + " is nobody's, and messages wait from " + lowest.getAsLong() + " on";
    long now = nanoTime.getAsLong();
    if (nonce.isEmpty() || nonce.getAsLong() != next) {
      nonce = OptionalLong.of(next);
      since = now;
    }
    if (now - since < after.toNanos() || lowest.getAsLong() - next > MOST) {
      return Optional.of(missing);
    }
    Fees fees = market.offer();
    Made made = new Made(signing.cancel(next, fees), fees);
    leases.fenced(
        lease,
        "filling a gap of nonces",
        c -> {
          // one that was settled and seems open again means that a node is behind: not our matter
          if (!rows.taken(c, next)) {
            rows.insert(
                c,
                PREFIX + "gap/" + identity.chainId() + "/" + identity.signer() + "/" + next,
                made.signed().hash(),
                next,
                Kind.CANCEL,
                made);
          }
          return true;
        });
    return Optional.of(missing);
  }
}
