package io.openledger.rollup.governance;

import io.openledger.api.OpenLedgerException;
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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** An outbox in memory that sends at once; one thread, one key. */
final class DirectOutbox implements Outbox {

  private static final Wei CEILING = Wei.of(1_000_000_000_000L);

  final Map<String, ChainIntent> intents = new LinkedHashMap<>();
  private final Map<String, SignedTransaction> sent = new LinkedHashMap<>();
  private final Map<String, Long> nonces = new LinkedHashMap<>();
  private final ChainClient client;
  private final Signer signer;

  DirectOutbox(ChainClient client, Signer signer) {
    this.client = client;
    this.signer = signer;
  }

  @Override
  public OutboxMessage submit(ChainIntent intent) {
    String key = intent.businessKey();
    if (intents.containsKey(key)) {
      if (!intents.get(key).equals(intent)) {
        throw OpenLedgerException.invalid("business key", key, "one with the same content");
      }
      return find(key).orElseThrow();
    }
    long gas =
        client.estimateGas(
            new Call(
                Optional.of(signer.address()),
                Optional.of(intent.to()),
                intent.value(),
                intent.data()));
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    SignedTransaction signed =
        signer.signTransaction(
            new Eip1559Transaction(
                client.chainId(),
                nonce,
                client.fees(CEILING),
                gas + gas / 5,
                Optional.of(intent.to()),
                intent.value(),
                intent.data()));
    client.broadcast(signed);
    intents.put(key, intent);
    sent.put(key, signed);
    nonces.put(key, nonce);
    return find(key).orElseThrow();
  }

  @Override
  public Optional<OutboxMessage> find(String key) {
    SignedTransaction signed = sent.get(key);
    if (signed == null) {
      return Optional.empty();
    }
    Optional<TransactionReceipt> receipt = client.receipt(signed.hash());
    OutboxMessage.State state =
        receipt
            .map(
                r ->
                    r.succeeded()
                        ? OutboxMessage.State.UNSAFE
                        : OutboxMessage.State.REVERTED)
            .orElse(OutboxMessage.State.SENT);
    return Optional.of(
        new OutboxMessage(
            key,
            signer.address(),
            nonces.get(key),
            state,
            signed.hash(),
            Optional.empty(),
            Instant.EPOCH));
  }
}
