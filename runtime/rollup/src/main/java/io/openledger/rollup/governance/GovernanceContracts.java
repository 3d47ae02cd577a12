package io.openledger.rollup.governance;

import io.openledger.api.reward.ChainAddress;
import java.util.Map;
import java.util.Optional;

/**
 * Where governance is.
 *
 * @param governor an {@code OpenLedgerGovernor} or {@code ConfiguredGovernor}
 * @param timelock executes what it decides
 * @param votes GOPEN
 * @param store the {@code ParameterStore}
 * @param others contracts whose functions can be told, by address; those four may be among them
 */
public record GovernanceContracts(
    ChainAddress governor,
    ChainAddress timelock,
    ChainAddress votes,
    ChainAddress store,
    Map<ChainAddress, KnownContract> others) {

  public GovernanceContracts {
    others = Map.copyOf(others);
  }

  Optional<KnownContract> find(ChainAddress address) {
    return Optional.ofNullable(others.get(address));
  }

  /** The name of a contract that is known. */
  Optional<String> name(ChainAddress address) {
    if (address.equals(governor)) {
      return Optional.of("OpenLedgerGovernor");
    }
    if (address.equals(timelock)) {
      return Optional.of("TimelockController");
    }
    if (address.equals(votes)) {
      return Optional.of("GOPEN");
    }
    if (address.equals(store)) {
      return Optional.of("ParameterStore");
    }
    return find(address).map(KnownContract::name);
  }
}
