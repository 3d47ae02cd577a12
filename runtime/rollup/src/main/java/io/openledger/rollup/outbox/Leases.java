package io.openledger.rollup.outbox;

import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import io.openledger.runtime.store.Transactions.Work;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The right to send for one key, held by one node at a time. It ends by the database's clock. A
 * node that slept over its end may still tell bytes that are stored, which is harmless; but
 * whatever it would sign or write is refused, because {@link #fenced} compares the token in the
 * same transaction (Kleppmann, "How to do distributed locking", 2016: fencing tokens). One thread
 * at a time.
 */
final class Leases {

  /** Somebody else sends now. */
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Lost() {
      super("another node has taken over", null, false, false);
    }
  }

  /**
   * The right to send.
   *
   * @param token of this holder
   * @param now the database's clock when it was taken or renewed
   * @param fresh whether it has just been taken
   */
  record Lease(long token, Instant now, boolean fresh) {}

  private record Row(long token, Instant expires, Instant now) {}

  /** One that lasts longer than any is given for, since when it has been seen, unchanged. */
  private record Strange(long token, Instant expires, long since) {}

  private static final String LOCK =
      "SELECT token, expires, CURRENT_TIMESTAMP AS read_at FROM ol_outbox_leases"
          + " WHERE chain_id = ? AND signer = ? FOR UPDATE";

  private final Store store;
  private final Identity identity;
  private final String holder;
  private final Duration length;
  private final LongSupplier nanoTime;
  private OptionalLong mine = OptionalLong.empty();
  private Optional<Strange> strange = Optional.empty();

  Leases(Store store, Identity identity, String holder, Duration length, LongSupplier nanoTime) {
    this.store = store;
    this.identity = identity;
    this.holder = holder;
    this.length = length;
    this.nanoTime = nanoTime;
  }

  /** Takes it if it is free, renews it if it is ours. */
  Optional<Lease> take() {
    Optional<Lease> lease = store.requiresNew("taking the outbox's lease", this::take);
    mine = lease.isPresent() ? OptionalLong.of(lease.get().token()) : OptionalLong.empty();
    return lease;
  }

  private Optional<Lease> take(Connection c) throws SQLException {
    Optional<Row> found = lock(c);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Row row = found.get();
    boolean ours = mine.isPresent() && mine.getAsLong() == row.token();
    if (!ours && held(row)) {
      return Optional.empty();
    }
    long token = ours ? row.token() : row.token() + 1;
    Sql.update(
        c,
        "UPDATE ol_outbox_leases SET holder = ?, token = ?, expires = ?"
            + " WHERE chain_id = ? AND signer = ?",
        holder,
        token,
        row.now().plus(length),
        identity.chainId(),
        identity.signer().value());
    return Optional.of(new Lease(token, row.now(), !ours));
  }

  /**
   * Whether it is another's. The database's clock may have been set back since it was given: one
   * that is to last for long and that nobody has renewed for twice its length is over.
   */
  private boolean held(Row row) {
    Duration longest = length.multipliedBy(2);
    if (!row.expires().isAfter(row.now().plus(longest))) {
      strange = Optional.empty();
      return row.expires().isAfter(row.now());
    }
    long now = nanoTime.getAsLong();
    Optional<Strange> before =
        strange.filter(s -> s.token() == row.token() && s.expires().equals(row.expires()));
    strange = before.or(() -> Optional.of(new Strange(row.token(), row.expires(), now)));
    return before.isEmpty() || now - before.get().since() < longest.toNanos();
  }

  private Optional<Row> lock(Connection c) throws SQLException {
    return Sql.first(
        c,
        LOCK,
        row ->
            new Row(row.getLong("token"), Sql.instant(row, "expires"), Sql.instant(row, "read_at")),
        identity.chainId(),
        identity.signer().value());
  }

  /**
   * Works in a transaction of its own that commits only while the lease is this one.
   *
   * @throws Lost if it is another's; nothing of the work is kept
   */
  <T> T fenced(Lease lease, String doing, Work<T> work) {
    return store.requiresNew(
        doing,
        c -> {
          // first of all, and until the commit: nobody takes over in between
          if (lock(c).filter(row -> row.token() == lease.token()).isEmpty()) {
            throw new Lost();
          }
          return work.run(c);
        });
  }

  /** Lets others send at once. */
  void release() {
    OptionalLong token = mine;
    mine = OptionalLong.empty();
    if (token.isPresent()) {
      store.requiresNew(
          "giving back the outbox's lease",
          c ->
              Sql.update(
                  c,
                  "UPDATE ol_outbox_leases SET expires = CURRENT_TIMESTAMP"
                      + " WHERE chain_id = ? AND signer = ? AND token = ?",
                  identity.chainId(),
                  identity.signer().value(),
                  token.getAsLong()));
    }
  }
}
