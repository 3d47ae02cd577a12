package io.openledger.runtime.provenance;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Links committed receipts, in short transactions of its own that queue at one lock, so that
 * numbers have no gaps whatever nodes and threads do. What a crash leaves unlinked is linked on the
 * next start, commit or closing of an epoch. Safe for any thread.
 */
public final class ReceiptChain {

  private static final System.Logger LOG = System.getLogger(ReceiptChain.class.getName());
  private static final int BATCH = 500;

  private final Store store;
  private final Executor executor;
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** The chain of a store, linking on threads of the executor. */
  public ReceiptChain(Store store, Executor executor) {
    this.store = store;
    this.executor = executor;
  }

  /**
   * The end of the chain.
   *
   * @param number of the last link, 0 when there is none
   * @param value of the last link, {@link Hash256#ZERO} when there is none
   */
  public record Head(long number, Hash256 value) {}

  /** Links soon. Returns at once. */
  public void schedule() {
    if (scheduled.compareAndSet(false, true)) {
      try {
        executor.execute(this::sealQuietly);
      } catch (RejectedExecutionException e) {
        // the server is stopping: the next start links them
        scheduled.set(false);
      }
    }
  }

  private void sealQuietly() {
    scheduled.set(false);
    try {
      seal();
    } catch (OpenLedgerException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "receipts could not be linked yet; the next answer or start tries again: {0}",
          e.getMessage());
    }
  }

  /** Links everything that has committed. */
  public void seal() {
    seal(store);
  }

  /** Links everything that has committed, in transactions of their own. */
  public static void seal(Store store) {
    boolean more = true;
    while (more) {
      more = store.requiresNew("linking receipts", c -> sealBatch(c, BATCH) == BATCH);
    }
  }

  /** The last link whose number is at most one. */
  public static Head head(Connection c, long atMost) throws SQLException {
    return Sql.first(
            c,
            "SELECT link_number, link FROM ol_links WHERE link_number <= ?"
                + " ORDER BY link_number DESC LIMIT 1",
            row -> new Head(row.getLong("link_number"), Sql.hash(row, "link")),
            atMost)
        .orElse(new Head(0, Hash256.ZERO));
  }

  private static int sealBatch(Connection c, int limit) throws SQLException {
    Sql.lock(c, "chain");
    List<String[]> receipts =
        Sql.list(
            c,
            "SELECT r.id, r.hash FROM ol_unsealed u JOIN ol_receipts r ON r.id = u.receipt"
                + " ORDER BY r.ordinal LIMIT ?",
            row -> new String[] {row.getString("id"), row.getString("hash")},
            limit);
    Head head = head(c, Long.MAX_VALUE);
    List<Object[]> links = new ArrayList<>();
    List<Object[]> done = new ArrayList<>();
    for (String[] receipt : receipts) {
      Hash256 link = link(head.value(), Hash256.parse(receipt[1]));
      links.add(new Object[] {head.number() + 1, receipt[0], head.value(), link});
      done.add(new Object[] {receipt[0]});
      head = new Head(head.number() + 1, link);
    }
    Sql.batch(
        c,
        "INSERT INTO ol_links (link_number, receipt, previous, link) VALUES (?, ?, ?, ?)",
        links);
    Sql.batch(c, "DELETE FROM ol_unsealed WHERE receipt = ?", done);
    return receipts.size();
  }

  /** SHA-256(previous ‖ hash). */
  static Hash256 link(Hash256 previous, Hash256 hash) {
    byte[] both = new byte[64];
    System.arraycopy(previous.toBytes(), 0, both, 0, 32);
    System.arraycopy(hash.toBytes(), 0, both, 32, 32);
    return Hash256.sha256(both);
  }
}
