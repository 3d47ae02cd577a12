package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Entry.Place;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.store.Store;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a receipt says of a message. One thread at a time. */
final class Verdicts {

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Signing signing;

  Verdicts(ChainClient chain, Store store, OutboxRows rows, Signing signing) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.signing = signing;
  }

  /**
   * The change that a receipt in a block of the chain makes.
   *
   * @param kind of the bytes that it is of
   */
  Change of(View view, Entry entry, TransactionReceipt receipt, Kind kind) {
    State state = state(view, entry, receipt, kind);
    return new Change(
        entry,
        state,
        receipt.transaction(),
        Optional.of(new Place(receipt.block(), receipt.blockHash())),
        detail(entry, receipt, kind, state));
  }

  /** What bytes that do nothing have done to a message, once their block is final. */
  static State cancelled(Entry entry) {
    return entry.filler() ? State.FINALIZED : State.CANCELLED;
  }

  private static State state(View view, Entry entry, TransactionReceipt receipt, Kind kind) {
    if (receipt.block() <= view.finalized().number()) {
      if (kind == Kind.CANCEL) {
        return cancelled(entry);
      }
      return receipt.succeeded() ? State.FINALIZED : State.REVERTED;
    }
    return receipt.block() <= view.safe().number() ? State.SAFE : State.UNSAFE;
  }

  private Optional<String> detail(Entry entry, TransactionReceipt receipt, Kind kind, State state) {
    if (kind == Kind.CANCEL) {
      return Optional.of(
          entry.filler()
              ? "fills a nonce that nobody had"
              : "taken back" + (state == State.CANCELLED ? "" : ", in a block that is not final"));
    }
    String late = entry.cancelled() ? "was in a block before it could be taken back; " : "";
    if (receipt.succeeded()) {
      return late.isEmpty() ? Optional.empty() : Optional.of(late.replace("; ", ""));
    }
    return Optional.of(
        state == State.REVERTED
            ? late + reason(receipt)
            : late + "reverted in block " + receipt.block() + ", which is not final");
  }

  /** The receipt does not tell; the call is made once more on the state before its block. */
  private String reason(TransactionReceipt receipt) {
    @Nullable SignedTransaction raw =
        store
            .requiresNew("reading stored bytes", c -> rows.bytes(c, List.of(receipt.transaction())))
            .get(receipt.transaction());
    if (raw == null) {
      return "reverted; its bytes are not kept";
    }
    try {
      Eip1559Transaction tx = signing.opened(raw);
      if (receipt.gasUsed() >= tx.gasLimit()) {
        return "reverted: it used all of its " + tx.gasLimit() + " gas";
      }
      chain.call(
          new Call(Optional.of(signing.address()), tx.to(), tx.value(), tx.data()),
          receipt.block() - 1);
      return "reverted, but would not have been at the end of the block before";
    } catch (OpenLedgerException e) {
      return e.code() == ErrorCode.CHAIN_REFUSED
          ? "reverted: " + e.arrived()
          : "reverted; the reason could not be asked for";
    }
  }
}
