package io.openledger.chain.connector.support;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.util.Optional;

/**
 * Signs with the next nonce that the chain tells: what a naive sender does, and what tests may do
 * that send one thing after another. Money is sent through the outbox.
 */
public final class Wallet {

  private final ChainClient client;
  private final Signer signer;
  private final Wei ceiling;

  /**
   * @param ceiling most that a unit of gas may cost
   */
  public Wallet(ChainClient client, Signer signer, Wei ceiling) {
    this.client = client;
    this.signer = signer;
    this.ceiling = ceiling;
  }

  /** Signed, not sent. */
  public SignedTransaction transfer(ChainAddress to, Wei value) {
    return sign(to, value, new byte[0], 21_000);
  }

  /** Signed with a fifth more gas than the call takes now, not sent. */
  public SignedTransaction call(ChainAddress to, byte[] data) {
    long gas =
        client.estimateGas(
            new Call(Optional.of(signer.address()), Optional.of(to), Wei.ZERO, data));
    return sign(to, Wei.ZERO, data, gas + gas / 5);
  }

  private SignedTransaction sign(ChainAddress to, Wei value, byte[] data, long gas) {
    Fees fees = client.fees(ceiling);
    return signer.signTransaction(
        new Eip1559Transaction(
            client.chainId(),
            client.nonce(signer.address(), Finality.UNSAFE),
            fees,
            gas,
            Optional.of(to),
            value,
            data));
  }
}
