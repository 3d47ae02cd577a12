package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;

/**
 * A block that was final: what is kept of it while a server is down.
 *
 * @param number 0 or more
 * @param hash its hash, which has all else of it
 */
public record FinalBlock(long number, Hash256 hash) {

  public FinalBlock {
    if (number < 0) {
      throw OpenLedgerException.invalid("number of a final block", number, "0 or more");
    }
  }

  /** What is kept of a block. */
  public static FinalBlock of(BlockHeader block) {
    return new FinalBlock(block.number(), block.hash());
  }

  boolean is(BlockHeader block) {
    return block.number() == number && block.hash().equals(hash);
  }

  @Override
  public String toString() {
    return "block " + number + " with hash 0x" + hash.hex();
  }
}
