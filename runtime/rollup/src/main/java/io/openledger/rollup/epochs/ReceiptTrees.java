package io.openledger.rollup.epochs;

import io.openledger.api.Hash256;
import io.openledger.chain.merkle.ReceiptTree;
import io.openledger.runtime.ledger.LedgerEpoch;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The trees over epochs' receipts, made of the receipts' rows; those used last are kept. Safe for
 * any thread.
 */
final class ReceiptTrees {

  private static final int KEPT = 4;

  /** Receipts of all kept trees together, beyond the last one: 64 bytes each. */
  private static final long MOST = 1 << 20;

  private final Store store;

  /**
   * By the last receipt's link, which the number alone does not give: an epoch that was taken back
   * is closed again over more.
   */
  private final Map<Hash256, ReceiptTree> kept = new LinkedHashMap<>(16, 0.75f, true);

  ReceiptTrees(Store store) {
    this.store = store;
  }

  /** The tree of an epoch that has receipts. */
  synchronized ReceiptTree of(LedgerEpoch epoch) {
    Hash256 head = epoch.epoch().receiptHead();
    ReceiptTree tree = kept.get(head);
    if (tree == null) {
      tree = ReceiptTree.of(hashes(epoch));
      kept.put(head, tree);
      long receipts = kept.values().stream().mapToLong(ReceiptTree::receipts).sum();
      var eldest = kept.values().iterator();
      while (kept.size() > KEPT || (kept.size() > 1 && receipts > MOST)) {
        receipts -= eldest.next().receipts();
        eldest.remove();
      }
    }
    return tree;
  }

  private List<Hash256> hashes(LedgerEpoch epoch) {
    return store.join(
        "reading an epoch's receipts",
        c -> {
          List<Hash256> hashes = new ArrayList<>();
          Sql.each(
              c,
              "SELECT r.hash AS hash FROM ol_links l JOIN ol_receipts r ON r.id = l.receipt"
                  + " WHERE l.link_number > ? AND l.link_number <= ?",
              row -> hashes.add(Sql.hash(row, "hash")),
              epoch.receiptsBefore(),
              epoch.receipts());
          return hashes;
        });
  }
}
