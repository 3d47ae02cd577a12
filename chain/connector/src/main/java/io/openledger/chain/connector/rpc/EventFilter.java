package io.openledger.chain.connector.rpc;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.util.Set;

/**
 * Which logs are wanted.
 *
 * @param addresses of the contracts, 1 or more
 * @param events first topics; empty for every event
 */
public record EventFilter(Set<ChainAddress> addresses, Set<Hash256> events) {

  public EventFilter {
    addresses = Set.copyOf(addresses);
    events = Set.copyOf(events);
    if (addresses.isEmpty()) {
      throw OpenLedgerException.invalid("contracts to follow", 0, "1 or more");
    }
  }
}
