package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.rollup.outbox.Entry.Place;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.util.Optional;

/**
 * What becomes of a message.
 *
 * @param entry as it was
 * @param transaction the hash that counts now
 * @param unproven see {@link Entry#unproven}
 */
record Change(
    Entry entry,
    State state,
    Hash256 transaction,
    Optional<Place> place,
    Optional<String> detail,
    boolean unproven) {

  Change(
      Entry entry,
      State state,
      Hash256 transaction,
      Optional<Place> place,
      Optional<String> detail) {
    this(entry, state, transaction, place, detail, false);
  }

  /** Whether a row would be other than it is. */
  boolean changes() {
    return state != entry.state()
        || !transaction.equals(entry.transaction())
        || !place.equals(entry.place())
        || !detail.equals(entry.detail())
        || unproven != entry.unproven();
  }

  /** In no block, with another word about it. */
  static Change waiting(Entry entry, State state, Optional<String> detail) {
    return new Change(entry, state, entry.transaction(), Optional.empty(), detail);
  }

  /** As it is, with another word about it. */
  static Change told(Entry entry, String detail) {
    return new Change(
        entry,
        entry.state(),
        entry.transaction(),
        entry.place(),
        Optional.of(detail),
        entry.unproven());
  }
}
