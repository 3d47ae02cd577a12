package io.openledger.chain.connector.rpc;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.Optional;

/**
 * A message call that is not to be kept (eth_call, eth_estimateGas).
 *
 * @param from who would send it; nobody in particular if empty
 * @param to the contract; empty to create one
 * @param value in wei
 * @param data calldata; copied on the way in and out
 */
public record Call(Optional<ChainAddress> from, Optional<ChainAddress> to, Wei value, byte[] data) {

  public Call {
    data = data.clone();
  }

  /** A question to a contract, by nobody in particular. */
  public static Call to(ChainAddress contract, byte[] data) {
    return new Call(Optional.empty(), Optional.of(contract), Wei.ZERO, data);
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Call other
        && from.equals(other.from)
        && to.equals(other.to)
        && value.equals(other.value)
        && java.util.Arrays.equals(data, other.data);
  }

  @Override
  public int hashCode() {
    return java.util.Arrays.hashCode(data);
  }
}
