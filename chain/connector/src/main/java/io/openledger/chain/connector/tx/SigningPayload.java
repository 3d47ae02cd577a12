package io.openledger.chain.connector.tx;

import io.openledger.api.Hash256;
import org.web3j.crypto.Hash;

/**
 * What a signer may be asked to sign: a transaction or typed data, never bytes of a caller's
 * choice. Both begin with a byte that tells them apart (EIP-2718, EIP-191), so a signature of one
 * is none of the other.
 */
public sealed interface SigningPayload permits Eip1559Transaction, Eip712Message {

  /** The bytes whose Keccak-256 is signed, in an array of the caller's own. */
  byte[] preimage();

  /** What is signed. */
  default Hash256 digest() {
    return Hash256.of(Hash.sha3(preimage()));
  }
}
