package io.openledger.rollup.governance;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractAbi;
import io.openledger.chain.connector.contracts.ContractName;
import java.util.HashMap;
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

  /**
   * Out of an address book: each of its contracts is known by its own interface.
   *
   * @throws io.openledger.api.OpenLedgerException {@code CONFIGURATION_INVALID} if one of the four
   *     is not in the book
   */
  public static GovernanceContracts of(AddressBook book) {
    Map<ChainAddress, KnownContract> known = new HashMap<>();
    book.contracts()
        .forEach(
            (name, entry) ->
                known.put(
                    entry.address(),
                    new KnownContract(name.contract(), ContractAbi.load(name).functions())));
    return new GovernanceContracts(
        book.address(book.governor().orElse(ContractName.OPEN_LEDGER_GOVERNOR)),
        book.address(ContractName.TIMELOCK_CONTROLLER),
        book.address(ContractName.GOPEN),
        book.address(ContractName.PARAMETER_STORE),
        known);
  }

  Optional<KnownContract> find(ChainAddress address) {
    return Optional.ofNullable(others.get(address));
  }

  /** The reward distributor, if one is known. */
  Optional<ChainAddress> distributor() {
    String name = ContractName.REWARD_DISTRIBUTOR.contract();
    return others.entrySet().stream()
        .filter(e -> e.getValue().name().equals(name))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** The name of a contract that is known. */
  Optional<String> name(ChainAddress address) {
    Optional<KnownContract> known = find(address);
    if (known.isPresent()) {
      return Optional.of(known.get().name());
    }
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
    return Optional.empty();
  }
}
