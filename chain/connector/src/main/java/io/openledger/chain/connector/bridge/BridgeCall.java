package io.openledger.chain.connector.bridge;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.Call;
import java.util.Arrays;
import java.util.Optional;

/**
 * A transaction that a step takes. Those of one step are sent in their order, each one when the one
 * before it has succeeded.
 *
 * @param layer on which chain
 * @param to the contract
 * @param value sent along, in wei of that chain's native coin
 * @param data calldata; copied on the way in and out
 * @param purpose in plain words, for people who sign it
 */
public record BridgeCall(Layer layer, ChainAddress to, Wei value, byte[] data, String purpose) {

  public BridgeCall {
    data = data.clone();
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  /** The same as a question to a node, as that sender would send it. */
  public Call by(ChainAddress sender) {
    return new Call(Optional.of(sender), Optional.of(to), value, data);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof BridgeCall other
        && layer == other.layer
        && to.equals(other.to)
        && value.equals(other.value)
        && Arrays.equals(data, other.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }
}
