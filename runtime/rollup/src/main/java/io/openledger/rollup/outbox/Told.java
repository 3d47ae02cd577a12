package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Which bytes this node has told the chain of, and when. In memory alone: a node that takes over
 * tells everything again, which is harmless. One thread at a time.
 */
final class Told {

  private record Last(Hash256 transaction, long at) {}

  private final Map<String, Last> last = new HashMap<>();
  private final LongSupplier nanoTime;

  Told(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether the chain heard of these bytes less than a time ago. */
  boolean lately(String key, Hash256 transaction, long nanos) {
    Last told = last.get(key);
    return told != null
        && told.transaction().equals(transaction)
        && nanoTime.getAsLong() - told.at() < nanos;
  }

  boolean ever(String key) {
    return last.containsKey(key);
  }

  void tell(String key, Hash256 transaction) {
    last.put(key, new Last(transaction, nanoTime.getAsLong()));
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
