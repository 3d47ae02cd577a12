package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.time.Instant;

/**
 * A block, as far as it matters here.
 *
 * @param number from 0
 * @param hash its own
 * @param parent the hash of the block before it; zero for block 0
 * @param time when the sequencer says that it was made, in whole seconds
 * @param baseFee of a unit of gas in it (EIP-1559)
 */
public record BlockHeader(long number, Hash256 hash, Hash256 parent, Instant time, Wei baseFee) {

  public BlockHeader {
    if (number < 0) {
      throw OpenLedgerException.invalid("block number", number, "0 or more");
    }
  }
}
