package io.openledger.chain.connector.contracts;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook.Entry;
import io.openledger.chain.connector.contracts.AddressBook.Roles;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes an address book of contracts that exist. Code that is this project's is recognised by its
 * hash, whoever deployed it. Of code that is not, only tokens and governors are taken, whose
 * interface the public contracts of the same names share, and only if they answer as those do:
 * somebody else's distributor or registry would be paid into on its word alone.
 */
public final class Attachment {

  private static final List<ContractName> OWNED =
      List.of(
          ContractName.REWARD_DISTRIBUTOR,
          ContractName.STAKING,
          ContractName.PARAMETER_STORE,
          ContractName.CLAIM_OR_STAKE_AIRDROP);

  private Attachment() {}

  /**
   * Looks at the contracts and makes the book, which has passed {@link AddressBook#verify}.
   *
   * @param client of the chain that they are on
   * @param given where they are; 1 or more
   * @param block no event of them lies before it; 0 if that is not known
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} if one is not what its name says
   */
  public static AddressBook attach(
      ChainClient client, Map<ContractName, ChainAddress> given, long block) {
    Map<ContractName, Entry> contracts = new EnumMap<>(ContractName.class);
    given.forEach((name, address) -> contracts.put(name, entry(client, name, address)));
    AddressBook book =
        new AddressBook(
            client.chainId(),
            genesis(client),
            block,
            Optional.empty(),
            contracts,
            new Roles(
                OWNED.stream()
                    .flatMap(name -> answer(client, given, name, "owner").stream())
                    .findFirst(),
                answer(client, given, ContractName.REWARD_DISTRIBUTOR, "updater"),
                answer(client, given, ContractName.REWARD_DISTRIBUTOR, "guardian")),
            notice(client, given));
    book.verify(client);
    return book;
  }

  /**
   * How long before its effect a change is decided, if there is a store of parameters: without it a
   * reader could know what holds from final blocks alone, which are half an hour old. That store is
   * this project's, and its delay never changes.
   */
  private static Map<String, String> notice(
      ChainClient client, Map<ContractName, ChainAddress> given) {
    ChainAddress store = given.get(ContractName.PARAMETER_STORE);
    if (store == null) {
      return Map.of();
    }
    BigInteger seconds =
        ask(client, ContractName.PARAMETER_STORE, store, "changeDelay").integer("0");
    return Map.of(
        Parameter.CHANGE_DELAY.key(), Duration.ofSeconds(seconds.longValueExact()).toString());
  }

  /** The hash of block 0. */
  static Hash256 genesis(ChainClient client) {
    return client
        .block(0)
        .map(BlockHeader::hash)
        .orElseThrow(
            () ->
                BookVerifier.refused(
                    "the endpoints have no block 0",
                    "endpoints that have the headers of all blocks",
                    "configure others"));
  }

  private static Optional<ChainAddress> answer(
      ChainClient client,
      Map<ContractName, ChainAddress> given,
      ContractName name,
      String function) {
    return Optional.ofNullable(given.get(name))
        .map(address -> ask(client, name, address, function).address("0"));
  }

  private static Entry entry(ChainClient client, ContractName name, ChainAddress address) {
    byte[] code = client.code(address);
    if (code.length == 0) {
      throw BookVerifier.refused(
          name + " at " + address + " has no code",
          "an address of a contract",
          "check the address and the chain, whose id is " + client.chainId());
    }
    Artifact artifact = Artifact.load(name);
    Hash256 hash = artifact.hashOf(code);
    if (hash.equals(artifact.codeHash())) {
      return new Entry(address, hash, true);
    }
    switch (name) {
      case OPEN_TOKEN, WOPEN -> requireToken(client, name, address);
      case GOPEN -> {
        requireToken(client, name, address);
        requireText(client, name, address, "CLOCK_MODE", "mode=timestamp");
        ask(client, name, address, "clock").integer("0");
        ask(client, name, address, "getVotes", address).integer("0");
      }
      case OPEN_LEDGER_GOVERNOR, CONFIGURED_GOVERNOR -> requireGovernor(client, name, address);
      default ->
          throw BookVerifier.refused(
              name + " at " + address + " has code of the hash " + hash,
              artifact.codeHash() + ", which this release has",
              "attach contracts of this project; only tokens and governors may be others'");
    }
    return new Entry(address, Hash256.of(Keccak256.hash(code)), false);
  }

  private static void requireToken(ChainClient client, ContractName name, ChainAddress address) {
    BigInteger decimals = ask(client, name, address, "decimals").integer("0");
    if (!decimals.equals(BigInteger.valueOf(18))) {
      throw answers(name, address, "decimals", decimals.toString(), "18");
    }
    String symbol =
        switch (name) {
          case OPEN_TOKEN -> "OPEN";
          case WOPEN -> "WOPEN";
          default -> "GOPEN";
        };
    requireText(client, name, address, "symbol", symbol);
    ask(client, name, address, "totalSupply").integer("0");
    ask(client, name, address, "balanceOf", address).integer("0");
  }

  private static void requireGovernor(ChainClient client, ContractName name, ChainAddress address) {
    requireText(client, name, address, "CLOCK_MODE", "mode=timestamp");
    requireText(client, name, address, "COUNTING_MODE", "support=bravo&quorum=for,abstain");
    for (String setting : List.of("votingDelay", "votingPeriod", "proposalThreshold")) {
      ask(client, name, address, setting).integer("0");
    }
    for (String other : List.of("token", "timelock")) {
      ChainAddress found = ask(client, name, address, other).address("0");
      if (client.code(found).length == 0) {
        throw answers(name, address, other, found.value(), "the address of a contract");
      }
    }
  }

  private static void requireText(
      ChainClient client,
      ContractName name,
      ChainAddress address,
      String function,
      String expected) {
    String found = ask(client, name, address, function).text("0");
    if (!found.equals(expected)) {
      String printable = found.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
      throw answers(name, address, function, "'" + printable + "'", "'" + expected + "'");
    }
  }

  private static OpenLedgerException answers(
      ContractName name, ChainAddress address, String function, String found, String expected) {
    return BookVerifier.refused(
        name + " at " + address + " answers " + function + " with " + found,
        expected,
        "check the address and the chain");
  }

  private static AbiValues ask(
      ChainClient client,
      ContractName name,
      ChainAddress address,
      String function,
      Object... arguments) {
    try {
      return new Contract(ContractAbi.load(name), address)
          .read(client, Finality.UNSAFE, function, arguments);
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      throw new OpenLedgerException(
          ErrorCode.CONFIGURATION_INVALID,
          name + " at " + address + " does not answer " + function + ": " + e.arrived(),
          "a contract of that interface",
          "check the address and the chain",
          e);
    }
  }
}
