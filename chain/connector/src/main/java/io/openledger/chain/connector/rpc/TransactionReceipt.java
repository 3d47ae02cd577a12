package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.util.List;
import java.util.Optional;

/**
 * That a transaction is in a block, and what became of it there. Not to be mistaken for the receipt
 * of an answer.
 *
 * @param transaction its hash
 * @param block in which
 * @param blockHash of that block
 * @param succeeded false if it was reverted: its nonce is used and its gas is paid all the same
 * @param gasUsed units of gas
 * @param gasPrice paid for each, in wei
 * @param l1Fee paid for its data on L1, where the chain tells
 * @param created the contract that it made
 * @param logs in the order of their indices
 */
public record TransactionReceipt(
    Hash256 transaction,
    long block,
    Hash256 blockHash,
    boolean succeeded,
    long gasUsed,
    Wei gasPrice,
    Optional<Wei> l1Fee,
    Optional<ChainAddress> created,
    List<EventLog> logs) {

  public TransactionReceipt {
    logs = List.copyOf(logs);
  }
}
