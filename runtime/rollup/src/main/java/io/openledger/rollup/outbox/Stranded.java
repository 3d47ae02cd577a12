package io.openledger.rollup.outbox;

import io.openledger.runtime.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Messages that were signed by another key, or for another chain, and that nobody sends any more: a
 * key was replaced before they were final. They cannot be signed again with this one without the
 * risk of paying twice. One thread at a time; {@link #trouble} for any.
 */
final class Stranded {

  private static final System.Logger LOG = System.getLogger(Stranded.class.getName());

  private static final long EVERY = Duration.ofMinutes(1).toNanos();

  private final Store store;
  private final OutboxRows rows;
  private final LongSupplier nanoTime;
  private volatile Optional<String> trouble = Optional.empty();
  private @Nullable Long lookedAt;

  Stranded(Store store, OutboxRows rows, LongSupplier nanoTime) {
    this.store = store;
    this.rows = rows;
    this.nanoTime = nanoTime;
  }

  /** In words, as of the last look. */
  Optional<String> trouble() {
    return trouble;
  }

  /** Looks, if that is due. */
  void look() {
    long now = nanoTime.getAsLong();
    if (lookedAt != null && now - lookedAt < EVERY) {
      return;
    }
    List<OutboxRows.Stranded> found =
        store.requiresNew("looking for messages of other keys", rows::stranded);
    lookedAt = now;
    Optional<String> before = trouble;
    trouble =
        found.isEmpty()
            ? Optional.empty()
            : Optional.of(
                found.stream()
                    .map(s -> s.messages() + " of " + s.signer() + " on chain " + s.chainId())
                    .collect(
                        Collectors.joining(
                            ", ",
                            "messages that are not final and whose key no node has: ",
                            "; configure that key again, on a node of its own or until they are"
                                + " final")));
    trouble
        .filter(told -> !before.equals(Optional.of(told)))
        .ifPresent(told -> LOG.log(System.Logger.Level.WARNING, "the outbox: {0}", told));
  }
}
