package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.SentTransaction;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.rollup.outbox.Entry.Place;
import io.openledger.runtime.store.Store;
import java.util.List;
import java.util.Optional;

/**
 * What an administrator says has paid a message that stands ({@link Entry#unproven}), held against
 * the chain as far as its endpoints show it: the transaction is in a final block, the message's key
 * has signed it, it does what the message is to do, and no other message has it. Whether it had its
 * effect is the administrator's word where no endpoint shows the receipt. Safe for any thread.
 */
final class Attested {

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Nonces nonces;

  Attested(ChainClient chain, Store store, OutboxRows rows, Nonces nonces) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.nonces = nonces;
  }

  /**
   * Settles the message, or leaves everything as it is.
   *
   * @param entry one of ours that stands
   * @param block in which the transaction is said to be
   * @param by who says so
   * @return whether it still stood
   * @throws OpenLedgerException {@code CHAIN_REFUSED} with what the chain has instead; what the
   *     chain's client throws
   */
  boolean settle(Entry entry, Hash256 transaction, long block, String by) {
    long last = chain.head(Finality.FINALIZED).number();
    if (block > last) {
      throw refused("block " + block + ", and the last final one is " + last, "final blocks");
    }
    BlockHeader header =
        chain.block(block).orElseThrow(() -> unseen("block " + block + " is not shown"));
    List<SentTransaction> all =
        chain
            .sent(entry.signer(), header.hash())
            .orElseThrow(() -> unseen("too few endpoints show the transactions of block " + block));
    SentTransaction sent =
        all.stream()
            .filter(each -> each.hash().equals(transaction))
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        "no transaction 0x"
                            + transaction.hex()
                            + " that "
                            + entry.signer()
                            + " sent in block "
                            + block,
                        "one that this key has sent in that block"));
    if (!sent.signed() || !entry.does(sent)) {
      throw refused(
          "transaction 0x" + transaction.hex() + ", which does something else",
          "one that the key signed, to the message's receiver, with its value and its calldata");
    }
    Place place = new Place(block, header.hash());
    boolean shown = succeeded(transaction, place);
    return store.requiresNew(
        "settling a message that was paid",
        c -> {
          // two that do the same are not paid by one: whoever says so meanwhile queues here
          nonces.lock(c);
          Optional<String> other = rows.other(c, entry.key(), transaction);
          if (other.isPresent()) {
            throw refused(
                "transaction 0x" + transaction.hex() + ", which is message " + other.get(),
                "one that is no other message's");
          }
          // where a former nonce ends is looked for behind the blocks of those below it, so the
          // block is kept of the message's own nonce alone
          return rows.attested(
              c,
              entry,
              transaction,
              sent.nonce() == entry.nonce() ? Optional.of(place) : Optional.empty(),
              "found by an administrator in block "
                  + block
                  + ", at nonce "
                  + sent.nonce()
                  + (shown ? "" : "; that it had its effect is the administrator's word"),
              by);
        });
  }

  /** Whether a receipt says that it had its effect; if one says that it had not, it is refused. */
  private boolean succeeded(Hash256 transaction, Place place) {
    Optional<TransactionReceipt> receipt =
        chain.receipt(transaction).filter(r -> r.blockHash().equals(place.hash()));
    if (receipt.isPresent() && !receipt.get().succeeded()) {
      throw refused(
          "transaction 0x" + transaction.hex() + ", which was reverted", "one that had its effect");
    }
    return receipt.isPresent();
  }

  private static OpenLedgerException refused(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED, arrived, allowed, "look at the chain again; nothing was changed");
  }

  private static OpenLedgerException unseen(String arrived) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        arrived,
        "a block that the configured endpoints show",
        "add an endpoint that keeps old blocks; nothing was changed");
  }
}
