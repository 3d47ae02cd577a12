package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.rpc.Broadcast;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes this node has told the chain of, when, and what it said. In memory alone: a node that
 * takes over tells everything again, which is harmless. One thread at a time.
 *
 * <p>What no node takes is told again at times that double, so that an error that stays is no storm
 * of questions; what a node took is told again at the same times for ever.
 */
final class Told {

  /** The longest time is eight times the first one. */
  private static final int MOST_DOUBLINGS = 3;

  /**
   * What was told last of a message.
   *
   * @param at in {@code nanoTime}
   * @param outcome what became of it
   * @param said what stands in its way, in words
   * @param refused how often in a row no node took it, nor said why in words that are known
   * @param raised how often it had other bytes since it was refused first
   */
  private record Last(
      Hash256 transaction,
      long at,
      Broadcast outcome,
      Optional<String> said,
      int refused,
      int raised) {}

  private final Map<String, Last> last = new HashMap<>();
  private final LongSupplier nanoTime;

  Told(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether the chain heard of these bytes less than a time ago, or than a multiple of it. */
  boolean lately(String key, Hash256 transaction, long nanos) {
    @Nullable Last told = last.get(key);
    return told != null
        && told.transaction().equals(transaction)
        && nanoTime.getAsLong() - told.at() < nanos * patience(key);
  }

  /**
   * How many times longer than usual one waits: 1, and more where it is not known what is wrong.
   */
  int patience(String key) {
    return 1 << Math.min(Math.max(0, refused(key) - 1), MOST_DOUBLINGS);
  }

  boolean ever(String key) {
    return last.containsKey(key);
  }

  /** How often in a row no node took it, nor said why in words that are known. */
  int refused(String key) {
    @Nullable Last told = last.get(key);
    return told == null ? 0 : told.refused();
  }

  /** How often more was offered for it in vain, while it is not known what is wrong. */
  int raised(String key) {
    @Nullable Last told = last.get(key);
    return told == null ? 0 : told.raised();
  }

  /** Whether the sender has too little for it. */
  boolean cannotBePaid(String key) {
    @Nullable Last told = last.get(key);
    return told != null && told.outcome() == Broadcast.FUNDS;
  }

  /** What stands in the way of a message that no node took, in words; empty if one took it. */
  Optional<String> inTheWay(String key) {
    @Nullable Last told = last.get(key);
    return told == null || taken(told.outcome()) ? Optional.empty() : told.said();
  }

  void tell(String key, Hash256 transaction, Broadcast outcome, Optional<String> said) {
    boolean understood = taken(outcome) || outcome == Broadcast.FUNDS;
    @Nullable Last before = last.get(key);
    int refused = understood ? 0 : 1;
    int raised = 0;
    if (!understood && before != null) {
      refused = before.refused() + 1;
      raised = before.raised() + (before.transaction().equals(transaction) ? 0 : 1);
    }
    last.put(key, new Last(transaction, nanoTime.getAsLong(), outcome, said, refused, raised));
  }

  /** Whether a node has bytes of the nonce. */
  static boolean taken(Broadcast outcome) {
    return outcome == Broadcast.ACCEPTED || outcome == Broadcast.UNDERPRICED;
  }

  void forget(String key) {
    last.remove(key);
  }

  /** Keeps only what still waits, so that it stays as small as the window. */
  void retain(Set<String> keys) {
    last.keySet().retainAll(keys);
  }

  void clear() {
    last.clear();
  }
}
