package io.openledger.rollup.support;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.store.Store;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An outbox without persistence: sends what was submitted when its transaction has committed, and
 * asks the node how far it is. For tests that do not kill it.
 */
public final class PlainOutbox implements Outbox {

  private record Kept(ChainIntent intent, long nonce, SignedTransaction transaction) {}

  private final Store store;
  private final ChainClient client;
  private final Signer signer;
  /** Signed in transactions that have not committed. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  public PlainOutbox(Store store, ChainClient client, Signer signer) {
    this.store = store;
    this.client = client;
    this.signer = signer;
  }

  @Override
  public OutboxMessage submit(ChainIntent intent) {
    Kept there = kept.get(intent.businessKey());
    if (there != null) {
      if (!there.intent.equals(intent)) {
        throw new IllegalArgumentException("other content under " + intent.businessKey());
      }
      return message(there);
    }
    ChainAddress from = signer.address();
    long gas =
        client.estimateGas(
            new Call(Optional.of(from), Optional.of(intent.to()), intent.value(), intent.data()));
    long nonce = client.nonce(from, Finality.UNSAFE) + waiting.getAndIncrement();
    SignedTransaction signed =
        signer.signTransaction(
            new Eip1559Transaction(
                client.chainId(),
                nonce,
                client.fees(Wei.of(100_000_000_000L)),
                gas + gas / 4,
                Optional.of(intent.to()),
                intent.value(),
                intent.data()));
    Kept fresh = new Kept(intent, nonce, signed);
    return store.join(
        "keeping a message",
        c -> {
          store.afterCommit(
              () -> {
                kept.put(intent.businessKey(), fresh);
                client.broadcast(signed);
                waiting.decrementAndGet();
              });
          return new OutboxMessage(
              intent.businessKey(),
              from,
              nonce,
              OutboxMessage.State.STORED,
              signed.hash(),
              Optional.empty(),
              Instant.now());
        });
  }

  @Override
  public Optional<OutboxMessage> find(String businessKey) {
    return Optional.ofNullable(kept.get(businessKey)).map(this::message);
  }

  private OutboxMessage message(Kept message) {
    Optional<TransactionReceipt> receipt = client.receipt(message.transaction.hash());
    OutboxMessage.State state =
        receipt.isEmpty()
            ? OutboxMessage.State.SENT
            : !receipt.get().succeeded()
                ? OutboxMessage.State.REVERTED
                : receipt.get().block() <= client.head(Finality.FINALIZED).number()
                    ? OutboxMessage.State.FINALIZED
                    : OutboxMessage.State.UNSAFE;
    return new OutboxMessage(
        message.intent.businessKey(),
        signer.address(),
        message.nonce,
        state,
        message.transaction.hash(),
        Optional.empty(),
        Instant.now());
  }
}
