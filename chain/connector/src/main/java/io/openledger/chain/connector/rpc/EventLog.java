package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.util.List;

/**
 * What a contract told in a transaction.
 *
 * @param address of the contract
 * @param topics 0 to 4; the first is the Keccak-256 of the event's signature
 * @param data the arguments that are not indexed; copied on the way in and out
 * @param block in which
 * @param blockHash of that block, which tells after a reorganisation whether it is still this one
 * @param transaction in which
 * @param index of the log in the block
 */
public record EventLog(
    ChainAddress address,
    List<Hash256> topics,
    byte[] data,
    long block,
    Hash256 blockHash,
    Hash256 transaction,
    int index) {

  public EventLog {
    topics = List.copyOf(topics);
    data = data.clone();
    if (topics.size() > 4) {
      throw OpenLedgerException.invalid("number of topics", topics.size(), "at most 4");
    }
  }

  @Override
  public byte[] data() {
    return data.clone();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof EventLog other
        && blockHash.equals(other.blockHash)
        && transaction.equals(other.transaction)
        && index == other.index;
  }

  @Override
  public int hashCode() {
    return 31 * blockHash.hashCode() + index;
  }
}
