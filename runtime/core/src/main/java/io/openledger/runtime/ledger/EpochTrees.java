package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.Settlement;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * The trees of epochs in which accounts keep their places: those used last are in memory, any other
 * is made of the nearest earlier one and what changed since, or of all rows.
 *
 * <p>A tree that is kept is never changed: it is read by any thread, and whatever becomes of a
 * transaction, what it has is what was committed. Copying one costs some 120 bytes an account,
 * which is less than the hashes of an epoch. Safe for any thread; one at a time makes a tree.
 */
final class EpochTrees {

  // the last one, which the next epoch goes on from, and the one that claims are proven against
  private static final int ALWAYS = 2;
  private static final int MOST = 16;

  /** Accounts of all kept trees together, beyond those that are always kept: some 120 MB. */
  private static final long MOST_ACCOUNTS = 1 << 20;

  private final Settlement settlement;
  private final Executor helpers;
  // the one used last comes last
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
   * The tree of an epoch, to be read.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_INCONSISTENT} if its rows do not make its
   *     root
   */
  synchronized Settlement.Accounts of(Connection c, LedgerEpoch epoch) throws SQLException {
    Settlement.Accounts tree = kept.get(epoch.number());
    if (tree == null || !tree.root().equals(epoch.epoch().root())) {
      tree = make(c, epoch);
      keep(tree);
    }
    return tree;
  }

  /** Keeps the tree of an epoch that has committed. */
  synchronized void keep(Settlement.Accounts tree) {
    kept.put(tree.epoch(), tree);
    Iterator<Settlement.Accounts> eldest = kept.values().iterator();
    long accounts = kept.values().stream().mapToLong(Settlement.Accounts::leaves).sum();
    while (kept.size() > MOST || (kept.size() > ALWAYS && accounts > MOST_ACCOUNTS)) {
      accounts -= eldest.next().leaves();
      eldest.remove();
    }
  }

  private Settlement.Accounts make(Connection c, LedgerEpoch epoch) throws SQLException {
    Optional<Settlement.Accounts> earlier =
        kept.values().stream()
            .filter(t -> t.epoch() < epoch.number())
            .reduce((a, b) -> a.epoch() > b.epoch() ? a : b);
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
