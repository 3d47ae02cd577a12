package io.openledger.chain.connector.contracts;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook.Entry;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.merkle.Keccak256;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a book against the chain: code, what constructors wrote into it, and how the contracts
 * belong together. Long because each of these questions is asked in its own words.
 */
final class BookVerifier {

  private static final List<ContractName> OWNED =
      List.of(
          ContractName.PARAMETER_STORE,
          ContractName.STAKING,
          ContractName.REWARD_DISTRIBUTOR,
          ContractName.CLAIM_OR_STAKE_AIRDROP);

  private final ChainClient client;
  private final AddressBook book;
  private final Map<ContractName, Contract> contracts = new EnumMap<>(ContractName.class);

  BookVerifier(ChainClient client, AddressBook book) {
    this.client = client;
    this.book = book;
  }

  static OpenLedgerException refused(String found, String expected, String remedy) {
    return new OpenLedgerException(ErrorCode.CONFIGURATION_INVALID, found, expected, remedy);
  }

  void verify() {
    requireChain();
    book.contracts().forEach(this::requireCode);
    requireGovernance();
    requireOwners();
    requirePayouts();
    requireParameters();
  }

  private void requireChain() {
    if (client.chainId() != book.chainId()) {
      throw refused(
          "the chain has the id " + client.chainId(),
          book.chainId() + ", which the address book is for",
          "configure the endpoints of that chain, or the address book of this one");
    }
    Optional<Hash256> genesis = client.block(0).map(BlockHeader::hash);
    if (!genesis.equals(Optional.of(book.genesis()))) {
      throw refused(
          "block 0 is " + genesis.map(Hash256::hex).orElse("missing"),
          book.genesis().hex() + ", as the address book has it",
          "this is another chain of the same id: deploy the contracts on it, or take its address"
              + " book");
    }
  }

  private void requireCode(ContractName name, Entry entry) {
    byte[] code = client.code(entry.address());
    Artifact artifact = Artifact.load(name);
    if (code.length == 0) {
      throw refused(
          name + " at " + entry.address() + " has no code",
          "code of the hash " + entry.codeHash(),
          "wait until the endpoints have the blocks of the deployment, or correct the address book");
    }
    if (entry.own() && !entry.codeHash().equals(artifact.codeHash())) {
      throw refused(
          name + " is in the address book with code of the hash " + entry.codeHash(),
          artifact.codeHash() + ", which this release has",
          "run the release that deployed it, or deploy anew");
    }
    Hash256 found = entry.own() ? artifact.hashOf(code) : Hash256.of(Keccak256.hash(code));
    if (!found.equals(entry.codeHash())) {
      throw refused(
          name + " at " + entry.address() + " has code of the hash " + found,
          entry.codeHash() + ", as the address book has it",
          "do not use it: it is another contract, or the address book was changed");
    }
    if (entry.own()) {
      wrong(artifact, entry.address(), code)
          .ifPresent(
              what -> {
                throw refused(
                    name + " at " + entry.address() + " has " + what,
                    "what its constructor writes",
                    "do not use it: it was not made by its constructor");
              });
    }
  }

  private Optional<String> wrong(Artifact artifact, ChainAddress address, byte[] code) {
    try {
      return new Immutables(client, book.chainId()).wrong(artifact, address, code);
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      return Optional.of("no answer: " + e.arrived());
    }
  }

  private void requireGovernance() {
    Optional<ContractName> governor = book.governor();
    governor.ifPresent(
        name -> {
          requireSame(name, "token", book.find(ContractName.GOPEN));
          requireSame(name, "timelock", book.find(ContractName.TIMELOCK_CONTROLLER));
        });
    if (book.contracts().containsKey(ContractName.TIMELOCK_CONTROLLER)) {
      governor
          .flatMap(book::find)
          .ifPresent(
              address -> {
                requireRole("PROPOSER_ROLE", address, true);
                requireRole("CANCELLER_ROLE", address, true);
                requireRole("EXECUTOR_ROLE", Plan.NOBODY, true);
              });
      requireRole("DEFAULT_ADMIN_ROLE", book.address(ContractName.TIMELOCK_CONTROLLER), true);
      book.deployer()
          .ifPresent(
              deployer -> {
                requireRole("DEFAULT_ADMIN_ROLE", deployer, false);
                requireRole("PROPOSER_ROLE", deployer, false);
                requireRole("CANCELLER_ROLE", deployer, false);
              });
    }
  }

  private void requireRole(String role, ChainAddress account, boolean held) {
    byte[] number = role.equals("DEFAULT_ADMIN_ROLE") ? Plan.ADMIN : Plan.role(role);
    boolean has = read(ContractName.TIMELOCK_CONTROLLER, "hasRole", number, account).flag("0");
    if (has != held) {
      throw refused(
          ContractName.TIMELOCK_CONTROLLER
              + " at "
              + book.address(ContractName.TIMELOCK_CONTROLLER)
              + (has ? " gives " : " does not give ")
              + role
              + " to "
              + account,
          held ? "that it does" : "that it does not",
          "finish the deployment, or find out who changed the roles");
    }
  }

  private void requireOwners() {
    book.find(ContractName.TIMELOCK_CONTROLLER)
        .filter(timelock -> OWNED.stream().anyMatch(book.contracts()::containsKey))
        .ifPresent(
            timelock -> {
              if (!book.roles().owner().equals(Optional.of(timelock))) {
                throw refused(
                    "the owner in the address book is "
                        + book.roles().owner().map(ChainAddress::value).orElse("missing"),
                    timelock + ", the timelock",
                    "hand the contracts to the timelock, and write the address book anew");
              }
            });
    for (ContractName name : OWNED) {
      if (book.contracts().containsKey(name)) {
        requireSame(name, "owner", book.roles().owner());
      }
    }
  }

  private void requirePayouts() {
    Optional<ChainAddress> asset = asset();
    for (ContractName name :
        List.of(
            ContractName.STAKING,
            ContractName.REWARD_DISTRIBUTOR,
            ContractName.PAYMENT_CHANNEL,
            ContractName.CLAIM_OR_STAKE_AIRDROP)) {
      if (book.contracts().containsKey(name)) {
        requireSame(name, "asset", asset);
      }
    }
    if (book.contracts().containsKey(ContractName.REWARD_DISTRIBUTOR)) {
      requireSame(ContractName.REWARD_DISTRIBUTOR, "updater", book.roles().updater());
      requireSame(ContractName.REWARD_DISTRIBUTOR, "guardian", book.roles().guardian());
      requireSame(ContractName.REWARD_DISTRIBUTOR, "staking", book.find(ContractName.STAKING));
    }
  }

  /** What is paid: as the parameters say, or what the first contract that pays says. */
  private Optional<ChainAddress> asset() {
    String stated = book.parameters().getOrDefault(Parameter.ASSET.key(), "");
    if (!stated.isEmpty()) {
      return Optional.of(Parameter.ASSET.asset(stated));
    }
    return book.contracts().containsKey(ContractName.REWARD_DISTRIBUTOR)
        ? Optional.of(read(ContractName.REWARD_DISTRIBUTOR, "asset").address("0"))
        : Optional.empty();
  }

  /** What never changes, where the book says what was deployed. */
  private void requireParameters() {
    requireWord(ContractName.PARAMETER_STORE, "changeDelay", Parameter.CHANGE_DELAY);
    requireWord(ContractName.PARAMETER_STORE, "cooldown", Parameter.COOLDOWN);
    requireWord(ContractName.REWARD_DISTRIBUTOR, "minimumClaim", Parameter.MINIMUM_CLAIM);
    requireWord(ContractName.PAYMENT_CHANNEL, "disputeWindow", Parameter.DISPUTE_WINDOW);
    ContractName airdrop = ContractName.CLAIM_OR_STAKE_AIRDROP;
    requireWord(airdrop, "root", Parameter.AIRDROP_ROOT);
    requireWord(airdrop, "total", Parameter.AIRDROP_TOTAL);
    requireWord(airdrop, "deadline", Parameter.AIRDROP_DEADLINE);
    requireWord(airdrop, "configuration", Parameter.AIRDROP_CONFIGURATION);
    requireWord(airdrop, "boost", Parameter.AIRDROP_BOOST);
    if (book.contracts().containsKey(airdrop)) {
      ChainAddress staking = read(airdrop, "staking").address("0");
      boolean stakes = read(airdrop, "configuration").integer("0").signum() > 0;
      requireSame(
          airdrop,
          "staking",
          stakes || !staking.equals(Plan.NOBODY)
              ? book.find(ContractName.STAKING)
              : Optional.empty());
    }
  }

  private void requireWord(ContractName name, String function, Parameter parameter) {
    String stated = book.parameters().getOrDefault(parameter.key(), "");
    if (book.contracts().containsKey(name) && !stated.isEmpty()) {
      Hash256 expected = parameter.word(stated);
      Hash256 found = Hash256.of(answer(name, function));
      if (!found.equals(expected)) {
        throw differs(name, function, found.hex(), expected.hex());
      }
    }
  }

  private byte[] answer(ContractName name, String function) {
    Object value = read(name, function).all().get(0);
    String type = value instanceof byte[] ? "bytes32" : "uint256";
    return AbiSignature.parse("word(" + type + ")").encodeArguments(value);
  }

  private void requireSame(ContractName name, String function, Optional<ChainAddress> expected) {
    expected.ifPresent(
        address -> {
          ChainAddress found = read(name, function).address("0");
          if (!found.equals(address)) {
            throw differs(name, function, found.value(), address.value());
          }
        });
  }

  private OpenLedgerException differs(
      ContractName name, String function, String found, String expected) {
    return refused(
        name + " at " + book.address(name) + " answers " + function + " with " + found,
        expected + ", as the address book has it",
        "if governance changed it, attach again to write the address book anew; otherwise do not use"
            + " these contracts");
  }

  private AbiValues read(ContractName name, String function, Object... arguments) {
    try {
      return contracts
          .computeIfAbsent(name, book::contract)
          .read(client, Finality.UNSAFE, function, arguments);
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      throw new OpenLedgerException(
          ErrorCode.CONFIGURATION_INVALID,
          name + " at " + book.address(name) + " does not answer " + function + ": " + e.arrived(),
          "a contract of that interface",
          "correct the address book",
          e);
    }
  }
}
