package io.openledger.rollup.outbox;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * What is to happen on the chain, once.
 *
 * @param businessKey names it for ever, such as {@code epoch/17/root}: 1 to 200 printable ASCII
 *     characters
 * @param to the contract
 * @param value in wei
 * @param data calldata; copied on the way in and out
 * @param gasLimit most gas; estimated, with a margin, if empty
 */
public record ChainIntent(
    String businessKey, ChainAddress to, Wei value, byte[] data, OptionalLong gasLimit) {

  public ChainIntent {
    if (!businessKey.matches("[!-~]{1,200}")) {
      throw OpenLedgerException.invalidText(
          "business key", businessKey, "1 to 200 printable ASCII characters without spaces");
    }
    data = data.clone();
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof ChainIntent other
        && businessKey.equals(other.businessKey)
        && to.equals(other.to)
        && value.equals(other.value)
        && Arrays.equals(data, other.data)
        && gasLimit.equals(other.gasLimit);
  }

  @Override
  public int hashCode() {
    return businessKey.hashCode();
  }
}
