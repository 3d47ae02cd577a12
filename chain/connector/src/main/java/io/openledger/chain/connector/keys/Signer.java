package io.openledger.chain.connector.keys;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.chain.connector.tx.SigningPayload;

/**
 * Signs for one address, wherever the key is. Safe for any number of threads.
 *
 * <p>It signs transactions and EIP-712 messages, and nothing else. Servers give keys out of their
 * own stores by way of {@link LocalSigner#fromSecret} or a {@link java.security.KeyStore}.
 */
public interface Signer extends AutoCloseable {

  /** The address that signatures of this signer give. */
  ChainAddress address();

  /**
   * Signs the Keccak-256 of the payload. The same payload gives the same signature where the key is
   * local (RFC 6979); a remote signer may give another one each time.
   *
   * @throws io.openledger.api.OpenLedgerException with {@code SIGNING_KEY} if the key cannot be
   *     used now
   */
  Signature sign(SigningPayload payload);

  /** Whether signing asks somebody over the net, and so may take seconds, or fail. */
  default boolean remote() {
    return false;
  }

  /** The bytes to store and broadcast. */
  default SignedTransaction signTransaction(Eip1559Transaction transaction) {
    return transaction.signed(sign(transaction));
  }

  /** Lets go of the key; later calls are refused. */
  @Override
  void close();
}
