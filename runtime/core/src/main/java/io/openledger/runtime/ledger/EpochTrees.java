package io.openledger.runtime.ledger;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.Settlement;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The trees of epochs in which accounts keep their places: the last one and those read last are in
 * memory, any other is made of the nearest earlier one and what changed since, or of all rows.
 *
 * <p>A tree that is kept is never changed: it is read by any thread, and whatever becomes of a
 * transaction, what it has is what was committed. Copying one costs some 120 bytes an account,
 * which is less than the hashes of an epoch.
 *
 * <p>Safe for any thread. Who closes an epoch never waits for who reads old ones: nothing is made
 * under the lock, and readers cannot drive the last tree out. Of readers one at a time makes a
 * tree, so that at most three are in memory beyond those that are kept: the reader's, the closing's
 * copy, and, where a node has just started, the one that is copied.
 */
final class EpochTrees {

  private static final int MOST = 8;

  /** Accounts of all trees that are kept for readers, beyond the one read last: some 120 MB. */
  private static final long MOST_ACCOUNTS = 1 << 20;

  /** A tree of a million accounts is made in some seconds; who waits holds a request's thread. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Settlement settlement;
  private final Executor helpers;
  private final Semaphore making = new Semaphore(1, true);
  // which the next epoch goes on from
  private Settlement.@Nullable Accounts last;
  // for readers; the one used last comes last
  private final Map<Long, Settlement.Accounts> kept = new LinkedHashMap<>(16, 0.75f, true);

  EpochTrees(Settlement settlement, Executor helpers) {
    this.settlement = settlement;
    this.helpers = helpers;
  }

  /** The tree in which nobody has earned. */
  Settlement.Accounts empty() {
    return settlement.accounts(0, new TreeMap<>(), helpers);
  }

  /**
   * The tree of the last epoch, for the one who closes the next. Waits for no reader.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_INCONSISTENT} if its rows do not make its
   *     root
   */
  Settlement.Accounts last(Connection c, LedgerEpoch epoch) throws SQLException {
    Optional<Settlement.Accounts> there = find(epoch);
    if (there.isPresent()) {
      return there.get();
    }
    Settlement.Accounts tree = make(c, epoch);
    closed(tree);
    return tree;
  }

  /**
   * The tree of an epoch, to be read.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_INCONSISTENT} if its rows do not make its
   *     root
   * @throws BusyException if it has to be made while others are
   */
  Settlement.Accounts of(Store store, LedgerEpoch epoch) {
    return find(epoch)
        .orElseGet(
            () ->
                alone(
                    // whoever was before may have made the same
                    () -> find(epoch).orElseGet(() -> madeToRead(store, epoch))));
  }

  private Settlement.Accounts madeToRead(Store store, LedgerEpoch epoch) {
    Settlement.Accounts tree =
        store.requiresNew("making the tree of an epoch", c -> make(c, epoch));
    keep(tree);
    return tree;
  }

  /**
   * Makes something as large as a tree, for a reader, when no other reader does.
   *
   * @throws BusyException if one does for too long
   */
  <T> T alone(Supplier<T> maker) {
    boolean mine = false;
    try {
      mine = making.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!mine) {
      throw new BusyException(
          "an epoch whose tree has to be made, while another one's is",
          "one at a time",
          Duration.ofSeconds(10));
    }
    try {
      return maker.get();
    } finally {
      making.release();
    }
  }

  private synchronized Optional<Settlement.Accounts> find(LedgerEpoch epoch) {
    Settlement.Accounts newest = last;
    Settlement.@Nullable Accounts tree =
        newest != null && newest.epoch() == epoch.number() ? newest : kept.get(epoch.number());
    return Optional.ofNullable(tree).filter(t -> t.root().equals(epoch.epoch().root()));
  }

  /** Keeps the tree of the epoch that was closed last, and the one before it if there is room. */
  synchronized void closed(Settlement.Accounts tree) {
    Settlement.Accounts before = last;
    last = tree;
    if (before != null && accounts() + before.leaves() <= MOST_ACCOUNTS) {
      keep(before);
    }
  }

  private synchronized void keep(Settlement.Accounts tree) {
    kept.put(tree.epoch(), tree);
    Iterator<Settlement.Accounts> eldest = kept.values().iterator();
    long accounts = accounts();
    while (kept.size() > MOST || (kept.size() > 1 && accounts > MOST_ACCOUNTS)) {
      accounts -= eldest.next().leaves();
      eldest.remove();
    }
  }

  private long accounts() {
    return kept.values().stream().mapToLong(Settlement.Accounts::leaves).sum();
  }

  private synchronized Optional<Settlement.Accounts> before(LedgerEpoch epoch) {
    return Stream.concat(Stream.ofNullable(last), kept.values().stream())
        .filter(t -> t.epoch() < epoch.number())
        .reduce((a, b) -> a.epoch() > b.epoch() ? a : b);
  }

  private Settlement.Accounts make(Connection c, LedgerEpoch epoch) throws SQLException {
    Optional<Settlement.Accounts> earlier = before(epoch);
    if (earlier.isPresent()) {
      Settlement.Accounts tree = earlier.get().copy();
      EpochRows.changes(c, tree.epoch(), epoch.number()).forEach(tree::update);
      if (tree.epoch() < epoch.number()) {
        // nothing was earned in the last of them
        tree.update(epoch.number(), List.of());
      }
      if (tree.root().equals(epoch.epoch().root())) {
        return tree;
      }
      // the database was put back to an earlier state
    }
    Settlement.Accounts tree =
        settlement.accounts(epoch.number(), EpochRows.accounts(c, epoch.number()), helpers);
    if (!tree.root().equals(epoch.epoch().root()) || !tree.total().equals(epoch.epoch().total())) {
      throw inconsistent(epoch.number());
    }
    return tree;
  }

  static OpenLedgerException inconsistent(long epoch) {
    return new OpenLedgerException(
        ErrorCode.LEDGER_INCONSISTENT,
        "the leaves of epoch " + epoch + " do not make its root",
        "leaves as they were stored",
        "restore the database from a backup");
  }
}
