package io.openledger.chain.connector.contracts;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.AddressBook.Entry;
import io.openledger.chain.connector.contracts.AddressBook.Roles;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.merkle.Keccak256;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;

/**
 * Deploys a set of contracts and wires them, one transaction after another, and writes the address
 * book. A deployment that died in between is finished by running it again with the same address
 * book, deployer and parameters: its journal lies beside the book, and what was signed is broadcast
 * again before anything is signed anew.
 *
 * <p>The deployer's key must be used by nobody else meanwhile. For one thread.
 */
public final class Deployment {

  private final ChainClient client;
  private final Signer signer;
  private final Plan plan;
  private final SendLimits limits;

  /** Which contracts. */
  public enum Contracts {
    /** Everything that belongs on the rollup. */
    ROLLUP,
    /** The token that the rollup's coin is bridged from. */
    L1
  }

  /**
   * A transaction that is done.
   *
   * @param number from 1
   * @param of how many there are
   * @param step what it did
   * @param address of the contract that it made
   * @param receipt missing if no node has it any more
   */
  public record Progress(
      int number,
      int of,
      String step,
      Optional<ChainAddress> address,
      Optional<TransactionReceipt> receipt) {

    /** Gas and the price of it, and L1's fee where the chain tells. */
    public Wei cost() {
      return receipt
          .map(
              r ->
                  new Wei(r.gasPrice().value().multiply(BigInteger.valueOf(r.gasUsed())))
                      .plus(r.l1Fee().orElse(Wei.ZERO)))
          .orElse(Wei.ZERO);
    }
  }

  /** Hears how far it is. */
  public interface Listener {
    /** A transaction is done. */
    void done(Progress progress);

    /** Something that a person should know. */
    void told(String message);

    /** Hears nothing. */
    static Listener silent() {
      return new Listener() {
        @Override
        public void done(Progress progress) {}

        @Override
        public void told(String message) {}
      };
    }
  }

  /**
   * @param client of the chain to deploy on
   * @param signer the deployer
   * @param contracts which
   * @param parameters what with
   * @param limits what it may cost
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if a parameter that these contracts need
   *     is missing
   */
  public Deployment(
      ChainClient client,
      Signer signer,
      Contracts contracts,
      DeploymentParameters parameters,
      SendLimits limits) {
    this.client = client;
    this.signer = signer;
    this.plan = plan(contracts, parameters);
    this.limits = limits;
  }

  static Plan plan(Contracts contracts, DeploymentParameters parameters) {
    return contracts == Contracts.L1 ? Plan.l1(parameters) : Plan.rollup(parameters);
  }

  /**
   * Deploys everything of the rollup and keeps nothing on disk: for development chains and tests.
   *
   * @return a book that has passed {@link AddressBook#verify}
   */
  public static AddressBook deploy(
      ChainClient client, Signer signer, DeploymentParameters parameters) {
    SendLimits quick =
        new SendLimits(
            SendLimits.USUAL.feeCeiling(), Duration.ofMillis(20), SendLimits.USUAL.patience());
    return new Deployment(client, signer, Contracts.ROLLUP, parameters, quick)
        .run(Optional.empty(), Listener.silent());
  }

  /**
   * Deploys what is not deployed yet.
   *
   * @param book where the address book is written; if it is there and of this chain, it is checked
   *     and nothing is deployed
   * @param listener hears of each transaction
   * @return the book, which has passed {@link AddressBook#verify}
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} if the book is there and is of
   *     another chain or does not pass; {@code INVALID_ARGUMENT} if another deployment was begun
   *     beside it; {@code CHAIN_REFUSED} if the deployer cannot pay for it; what the client throws.
   *     Run it again when the reason is gone
   */
  public AddressBook run(Path book, Listener listener) {
    try (DeploymentLock lock = DeploymentLock.of(beside(book, ".lock"))) {
      if (!Files.exists(book)) {
        return run(Optional.of(book), listener);
      }
      AddressBook found = AddressBook.read(book);
      requireSamePlan(book, found);
      found.verify(client);
      listener.told(
          "The contracts of " + book + " are deployed already, and are as they should be.");
      journal(Optional.of(book), listener).delete();
      return found;
    }
  }

  private static Path beside(Path book, String ending) {
    return book.resolveSibling(book.getFileName() + ending);
  }

  /** Whoever asks for something else must not be told that it is there. */
  private void requireSamePlan(Path book, AddressBook found) {
    boolean same =
        found.parameters().equals(plan.parameters().values())
            && found.contracts().keySet().equals(Set.copyOf(names()));
    if (!same) {
      throw OpenLedgerException.invalidText(
          "address book",
          book.toString(),
          "one of the same contracts and parameters, or a file that does not exist yet");
    }
  }

  private List<ContractName> names() {
    return plan.steps().stream()
        .filter(Plan.Create.class::isInstance)
        .map(step -> ((Plan.Create) step).artifact().name())
        .toList();
  }

  private Journal journal(Optional<Path> book, Listener listener) {
    return Journal.open(
        book.map(path -> beside(path, ".journal")),
        new Journal.Header(
            client.chainId(), Attachment.genesis(client), signer.address(), plan.digest()),
        listener::told);
  }

  private AddressBook run(Optional<Path> book, Listener listener) {
    Journal journal = journal(book, listener);
    requireFunds(journal);
    requireAsset();
    requireDeadline(journal);
    DirectSender sender = new DirectSender(client, signer, limits);
    Map<ContractName, ChainAddress> addresses = new EnumMap<>(ContractName.class);
    long first = client.head(Finality.UNSAFE).number();
    int number = 0;
    for (Plan.Step step : plan.steps()) {
      Plan.Placed placed = new Plan.Placed(signer.address(), addresses);
      DirectSender.Outcome outcome = perform(sender, journal, step, placed);
      Optional<ChainAddress> made = Optional.empty();
      if (step instanceof Plan.Create create) {
        made = Optional.of(created(signer.address(), outcome.nonce()));
        addresses.put(create.artifact().name(), made.get());
      }
      if (number == 0) {
        // of a deployment that is taken up again the first contract is older than this run
        first = outcome.receipt().map(TransactionReceipt::block).orElse(0L);
      }
      number++;
      listener.done(
          new Progress(number, plan.steps().size(), step.name(), made, outcome.receipt()));
    }
    AddressBook made = book(addresses, first);
    made.verify(client);
    // the book first: who is killed in between finds it, and deploys nothing again
    book.ifPresent(made::write);
    journal.delete();
    return made;
  }

  private DirectSender.Outcome perform(
      DirectSender sender, Journal journal, Plan.Step step, Plan.Placed placed) {
    if (step instanceof Plan.Create create) {
      return sender.send(
          step.name(),
          new DirectSender.Content(Optional.empty(), Wei.ZERO, create.code(placed), 0),
          journal.of(step.name()),
          nonce -> () -> client.code(created(signer.address(), nonce)).length > 0);
    }
    Plan.Invoke invoke = (Plan.Invoke) step;
    ChainAddress to = placed.of(invoke.contract());
    return sender.send(
        step.name(),
        new DirectSender.Content(Optional.of(to), Wei.ZERO, invoke.data().apply(placed), 0),
        journal.of(step.name()),
        nonce ->
            () -> {
              byte[] answer =
                  client.call(Call.to(to, invoke.question().apply(placed)), Finality.UNSAFE);
              return invoke.done() == new BigInteger(1, answer).signum() > 0;
            });
  }

  /** Before the first transaction rather than after half of them. */
  private void requireFunds(Journal journal) {
    Preview preview =
        Preview.of(
            client, signer.address(), plan, limits, name -> journal.recall(name).isPresent());
    if (preview.balance().compareTo(preview.total()) < 0) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          signer.address()
              + " has "
              + DirectSender.coins(preview.balance())
              + " of the chain's coin",
          DirectSender.coins(preview.total()) + " or more, which is what it will cost",
          "send coins to this address, and run it again");
    }
  }

  /** A distributor of a token that is not there would take coins and never pay. */
  private void requireAsset() {
    ChainAddress asset = plan.parameters().asset();
    boolean paid = names().contains(ContractName.REWARD_DISTRIBUTOR);
    if (paid && !asset.equals(Plan.NOBODY) && client.code(asset).length == 0) {
      throw OpenLedgerException.invalid(
          Parameter.ASSET.key(), asset + ", where there is no code", "native or a token's address");
    }
  }

  /** The constructor would refuse it when most is deployed; an hour is for what comes before. */
  private void requireDeadline(Journal journal) {
    String airdrop = ContractName.CLAIM_OR_STAKE_AIRDROP.contract();
    if (!plan.parameters().hasAirdrop() || journal.recall(airdrop).isPresent()) {
      return;
    }
    Instant now = client.head(Finality.UNSAFE).time();
    Instant deadline =
        Instant.ofEpochSecond(plan.parameters().instant(Parameter.AIRDROP_DEADLINE).longValue());
    if (deadline.isBefore(now.plus(Duration.ofHours(25)))
        || deadline.isAfter(now.plus(Duration.ofDays(1460)))) {
      throw OpenLedgerException.invalid(
          Parameter.AIRDROP_DEADLINE.key(),
          deadline + ", and the chain's time is " + now,
          "25 hours to 1460 days after that");
    }
  }

  private AddressBook book(Map<ContractName, ChainAddress> addresses, long first) {
    Map<ContractName, Entry> contracts = new EnumMap<>(ContractName.class);
    for (Plan.Step step : plan.steps()) {
      if (step instanceof Plan.Create create) {
        ContractName name = create.artifact().name();
        ChainAddress address = new Plan.Placed(signer.address(), addresses).of(name);
        contracts.put(name, new Entry(address, create.artifact().codeHash(), true));
      }
    }
    DeploymentParameters parameters = plan.parameters();
    boolean governed = addresses.containsKey(ContractName.TIMELOCK_CONTROLLER);
    return new AddressBook(
        client.chainId(),
        Attachment.genesis(client),
        first,
        Optional.of(signer.address()),
        contracts,
        governed
            ? new Roles(
                Optional.ofNullable(addresses.get(ContractName.TIMELOCK_CONTROLLER)),
                parameters.role(Parameter.UPDATER),
                parameters.role(Parameter.GUARDIAN))
            : new Roles(Optional.empty(), Optional.empty(), Optional.empty()),
        parameters.values());
  }

  /** Where a contract lies that an account makes (Yellow Paper, section 7, equation 88). */
  static ChainAddress created(ChainAddress deployer, long nonce) {
    byte[] encoded =
        RlpEncoder.encode(
            new RlpList(
                List.of(
                    RlpString.create(HexFormat.of().parseHex(deployer.value().substring(2))),
                    RlpString.create(nonce))));
    byte[] hash = Keccak256.hash(encoded);
    return new ChainAddress("0x" + HexFormat.of().formatHex(hash, 12, 32));
  }
}
