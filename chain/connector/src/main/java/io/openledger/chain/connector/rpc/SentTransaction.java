package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A transaction that is in a block, as far as its sender decided what it does. Equal if all is
 * equal, the data byte by byte.
 *
 * @param hash of the transaction
 * @param nonce of its sender
 * @param to whom it calls; empty where it creates a contract
 * @param value in wei
 * @param data the calldata, copied
 * @param signed whether the sender's signature was checked, and is for this chain; else it is a
 *     deposit from L1, or signed for any chain, and that it is here is the endpoints' word
 */
public record SentTransaction(
    Hash256 hash, long nonce, Optional<ChainAddress> to, Wei value, byte[] data, boolean signed) {

  public SentTransaction {
    data = data.clone();
  }

  /** One that is signed. */
  public SentTransaction(
      Hash256 hash, long nonce, Optional<ChainAddress> to, Wei value, byte[] data) {
    this(hash, nonce, to, value, data, true);
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SentTransaction t
        && hash.equals(t.hash)
        && nonce == t.nonce
        && to.equals(t.to)
        && value.equals(t.value)
        && Arrays.equals(data, t.data)
        && signed == t.signed;
  }

  @Override
  public int hashCode() {
    return Objects.hash(hash, nonce);
  }
}
