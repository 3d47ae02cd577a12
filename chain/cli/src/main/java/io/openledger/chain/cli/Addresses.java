package io.openledger.chain.cli;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.CumulativeSettlement;

/** Addresses as people type them. */
final class Addresses {

  private Addresses() {}

  /** Mixed case must carry the right checksum (EIP-55). */
  static ChainAddress parse(String typed) {
    return new CumulativeSettlement().parseAddress(typed);
  }
}
