package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.util.List;
import java.util.Optional;

/** Sends one call after another and waits for each. */
final class Sender {

  private static final Wei CEILING = Wei.of(1_000_000_000_000L);

  private final ChainClient client;
  private final Signer signer;
  private final Runnable mine;

  Sender(ChainClient client, Signer signer, Runnable mine) {
    this.client = client;
    this.signer = signer;
    this.mine = mine;
  }

  ChainAddress address() {
    return signer.address();
  }

  TransactionReceipt send(List<BridgeCall> calls) {
    TransactionReceipt last = null;
    for (BridgeCall call : calls) {
      last = send(call);
    }
    return java.util.Objects.requireNonNull(last);
  }

  TransactionReceipt send(BridgeCall call) {
    return send(Optional.of(call.to()), call.value(), call.data());
  }

  TransactionReceipt send(Optional<ChainAddress> to, Wei value, byte[] data) {
    long gas = client.estimateGas(new Call(Optional.of(signer.address()), to, value, data));
    SignedTransaction signed =
        signer.signTransaction(
            new Eip1559Transaction(
                client.chainId(),
                client.nonce(signer.address(), Finality.UNSAFE),
                client.fees(CEILING),
                gas + gas / 5,
                to,
                value,
                data));
    client.broadcast(signed);
    return await(signed.hash());
  }

  private TransactionReceipt await(Hash256 hash) {
    mine.run();
    for (int i = 0; i < 600; i++) {
      Optional<TransactionReceipt> receipt = client.receipt(hash);
      if (receipt.isPresent()) {
        if (!receipt.get().succeeded()) {
          throw new AssertionError("reverted: " + receipt.get());
        }
        return receipt.get();
      }
      pause();
    }
    throw new AssertionError("no receipt of " + hash.hex());
  }

  static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
