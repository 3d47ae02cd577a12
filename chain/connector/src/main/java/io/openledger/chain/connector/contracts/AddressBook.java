package io.openledger.chain.connector.contracts;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a set of contracts is, and what they have to be. The package describes the file.
 *
 * @param chainId the chain's number (EIP-155), 1 or more
 * @param genesis the hash of its block 0
 * @param block no event of these contracts lies before this block
 * @param deployer who deployed them, if that is known
 * @param contracts 1 or more
 * @param roles who had which right when the book was written
 * @param parameters what was deployed with, by the names of the parameters' file
 */
public record AddressBook(
    long chainId,
    Hash256 genesis,
    long block,
    Optional<ChainAddress> deployer,
    Map<ContractName, Entry> contracts,
    Roles roles,
    Map<String, String> parameters) {

  /** Bytes of a file: real ones have about 5000. */
  public static final int MAX_BYTES = 256 * 1024;

  /**
   * A contract.
   *
   * @param address where it is
   * @param codeHash Keccak-256 of its code, with zeros for immutables if it is our own
   * @param own whether the code is this project's; otherwise somebody else's of the same interface
   */
  public record Entry(ChainAddress address, Hash256 codeHash, boolean own) {}

  /**
   * Rights that governance can give to others; the book then has to be written anew.
   *
   * @param owner of what is governed: the timelock
   * @param updater posts roots
   * @param guardian challenges them
   */
  public record Roles(
      Optional<ChainAddress> owner,
      Optional<ChainAddress> updater,
      Optional<ChainAddress> guardian) {}

  public AddressBook {
    if (chainId < 1) {
      throw OpenLedgerException.invalid("chain id", chainId, "1 or more");
    }
    if (block < 0) {
      throw OpenLedgerException.invalid("block", block, "0 or more");
    }
    if (contracts.isEmpty()) {
      throw OpenLedgerException.invalid("number of contracts", 0, "1 or more");
    }
    if (contracts.containsKey(ContractName.OPEN_LEDGER_GOVERNOR)
        && contracts.containsKey(ContractName.CONFIGURED_GOVERNOR)) {
      throw OpenLedgerException.invalid("number of governors", 2, "one governor");
    }
    if (contracts.values().stream().map(Entry::address).distinct().count() < contracts.size()) {
      throw OpenLedgerException.invalid(
          "address book", "two contracts at one address", "an address for each");
    }
    contracts = Collections.unmodifiableMap(new EnumMap<>(contracts));
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  /** Where a contract is, if the book has it. */
  public Optional<ChainAddress> find(ContractName name) {
    return Optional.ofNullable(contracts.get(name)).map(Entry::address);
  }

  /**
   * Where a contract is.
   *
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} if the book does not have it
   */
  public ChainAddress address(ContractName name) {
    return find(name)
        .orElseThrow(
            () ->
                BookVerifier.refused(
                    "the address book of chain " + chainId + " has no " + name,
                    "a book that has it",
                    "attach it, or deploy the contracts"));
  }

  /** A contract that can be asked; {@link #address} says what is thrown. Reads its interface. */
  public Contract contract(ContractName name) {
    return new Contract(ContractAbi.load(name), address(name));
  }

  /** Which of the governors the book has. */
  public Optional<ContractName> governor() {
    return contracts.keySet().stream()
        .filter(
            n -> n == ContractName.OPEN_LEDGER_GOVERNOR || n == ContractName.CONFIGURED_GOVERNOR)
        .findFirst();
  }

  /**
   * Checks on the newest block that this is the chain, that the code is what it was, and that the
   * contracts belong together as they should: owners, roles of the timelock, who may post and
   * challenge roots, which token and timelock the governor has, which asset is paid. Some forty
   * calls.
   *
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} with the contract's name, what was
   *     expected and what was found; what the client throws if it cannot be asked
   */
  public void verify(ChainClient client) {
    new BookVerifier(client, this).verify();
  }

  /**
   * Reads a file.
   *
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} if it cannot be read or is no address
   *     book
   */
  public static AddressBook read(Path file) {
    return BookFile.read(file);
  }

  /**
   * Writes the file: whoever looks sees all of it or what was there before.
   *
   * @throws OpenLedgerException {@code STORAGE_UNAVAILABLE} if it cannot be written
   */
  public void write(Path file) {
    BookFile.write(file, this);
  }
}
