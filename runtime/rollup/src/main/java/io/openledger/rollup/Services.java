package io.openledger.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EndpointSettings;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.rollup.endpoints.EndpointKeeper;
import io.openledger.rollup.epochs.AnchorSettings;
import io.openledger.rollup.epochs.ClaimService;
import io.openledger.rollup.epochs.ClaimSettings;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.epochs.EpochService;
import io.openledger.rollup.epochs.RootSettings;
import io.openledger.rollup.governance.Governance;
import io.openledger.rollup.governance.GovernanceContracts;
import io.openledger.rollup.governance.GovernanceSettings;
import io.openledger.rollup.governance.LogProposals;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxSettings;
import io.openledger.rollup.payments.PaymentService;
import io.openledger.rollup.payments.PaymentSettings;
import io.openledger.rollup.reader.ChainReader;
import io.openledger.rollup.reader.ReaderSettings;
import io.openledger.rollup.registration.ModelState;
import io.openledger.rollup.registration.Registration;
import io.openledger.rollup.registration.RegistrationSettings;
import io.openledger.runtime.config.ChainSettings;
import io.openledger.runtime.rollup.RollupEnvironment;
import io.openledger.runtime.store.Store;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is there once the chain was found to be the one that is meant. Without a key, only what
 * reads is there.
 *
 * @param reader follows its events
 * @param governance shows, and with a key proposes and votes
 * @param sending what a key is needed for
 * @param opened all of it that is to be closed
 */
record Services(ChainReader reader, Governance governance, Optional<Sending> sending, Opened opened)
    implements AutoCloseable {

  private static final Duration LOOKS = Duration.ofSeconds(2);
  private static final Duration KEEPING = Duration.ofSeconds(10);
  private static final Duration REGISTRATIONS = Duration.ofMinutes(1);
  private static final int MOST_REGISTRATIONS = 50;

  /** The publisher's own name for the ledger: one key serves one. */
  private static final Hash256 LEDGER = Hash256.sha256("ledger");

  /**
   * What a key is needed for.
   *
   * @param signer who signs
   * @param stranger what is told if the contract takes roots of another one
   * @param payments empty where nobody pays call by call
   */
  record Sending(
      ChainAddress signer,
      Optional<String> stranger,
      JdbcOutbox outbox,
      EpochService epochs,
      ClaimService claims,
      Registration registration,
      Optional<PaymentService> payments) {

    void start() {
      outbox.start();
      epochs.start();
      registration.start();
      payments.ifPresent(PaymentService::start);
    }

    /** What stands in the way, in words. */
    Stream<String> troubles() {
      return Stream.of(stranger, outbox.trouble(), epochs.trouble(), registration.trouble())
          .flatMap(Optional::stream);
    }
  }

  /**
   * Asks the chain, compares it with the book, and puts the services together. What was opened is
   * closed again if that fails.
   *
   * @param reading what is read of the book's contracts
   * @param client of the chain, one for all attempts
   * @param key opens the key; empty: nothing is sent
   * @throws io.openledger.api.OpenLedgerException {@code CONFIGURATION_INVALID} if the chain is not
   *     the book's; what the client and the signer throw if they cannot be asked
   */
  static Services open(
      RollupEnvironment environment,
      AddressBook book,
      ReaderSettings reading,
      ChainClient client,
      Supplier<Optional<Signer>> key) {
    book.verify(client);
    Opened opened = new Opened();
    try {
      // of this start: a lease of an earlier one is not ours
      String node = UUID.randomUUID().toString();
      ChainReader reader =
          opened.add(
              new ChainReader(
                  client,
                  environment.store(),
                  reading,
                  node,
                  environment.server().executor(),
                  environment.server().clock()));
      // also while there is no key: answers wait for what the chain says of their terms
      reader.readAhead();
      Optional<Signer> signer = key.get().map(opened::add);
      Optional<Sending> sending =
          signer.map(
              s -> sending(environment, book, reading.deployment(), client, s, node, opened));
      return new Services(reader, governance(environment, book, client, sending), sending, opened);
    } catch (RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  /** The chain as the configured endpoints tell it. Asks nobody yet. */
  static Endpoints client(RollupEnvironment environment, AddressBook book) {
    ChainSettings settings = environment.chain();
    List<HttpService> endpoints =
        settings.endpoints().stream()
            .map(
                e ->
                    new HttpService(
                        new RpcEndpoint(e.name(), e.url()),
                        RpcLimits.USUAL,
                        environment.server().executor()))
            .toList();
    return new Endpoints(
        book.chainId(),
        endpoints,
        EndpointSettings.USUAL.withQuorum(settings.quorum()),
        System::nanoTime,
        environment.server().clock());
  }

  /** What is kept of the endpoints. Starts nothing yet. */
  static EndpointKeeper keeper(RollupEnvironment environment, Endpoints endpoints) {
    return new EndpointKeeper(
        environment.store(),
        endpoints,
        environment.chain().endpoints().stream()
            .collect(Collectors.toMap(ChainSettings.Endpoint::name, ChainSettings.Endpoint::shown)),
        environment.server().executor(),
        KEEPING);
  }

  private static Sending sending(
      RollupEnvironment environment,
      AddressBook book,
      Hash256 deployment,
      ChainClient client,
      Signer signer,
      String node,
      Opened opened) {
    ChainSettings settings = environment.chain();
    Store store = environment.store();
    ScheduledExecutorService executor = environment.server().executor();
    Clock clock = environment.server().clock();
    JdbcOutbox outbox =
        opened.add(
            new JdbcOutbox(
                store,
                client,
                signer,
                node,
                OutboxSettings.usual(book.chainId()).withCeiling(settings.maxFeePerGas()),
                executor,
                System::nanoTime));
    Deployed distributor = Deployed.of(book, ContractName.REWARD_DISTRIBUTOR);
    EpochService epochs =
        opened.add(
            new EpochService(
                new RootSettings(distributor, settings.fundRewards(), LOOKS),
                Deployed.find(book, ContractName.ATTRIBUTION_ANCHOR)
                    .map(anchor -> new AnchorSettings(anchor, signer.address(), LEDGER)),
                store,
                environment.epochs(),
                outbox,
                client,
                clock,
                executor));
    ClaimService claims =
        new ClaimService(
            new ClaimSettings(distributor, settings.leastClaim(), settings.walletUrl()),
            store,
            environment.epochs(),
            outbox,
            client);
    Registration registration =
        opened.add(
            new Registration(
                store,
                outbox,
                client,
                new RegistrationSettings(
                    deployment,
                    book.address(ContractName.DATANET_REGISTRY),
                    book.address(ContractName.MODEL_REGISTRY),
                    signer.address(),
                    REGISTRATIONS,
                    MOST_REGISTRATIONS),
                () -> environment.models().get().stream().map(ModelState::of).toList(),
                executor));
    ChainSettings.Payers payers = settings.payments();
    Optional<PaymentService> payments = Optional.empty();
    if (payers.any()) {
      payments =
          Optional.of(
              opened.add(
                  new PaymentService(
                      PaymentSettings.of(
                              payers.payee().map(ChainAddress::new).orElse(signer.address()))
                          .with(payers.anonymous()),
                      book.address(ContractName.PAYMENT_CHANNEL),
                      client,
                      outbox,
                      store,
                      executor,
                      clock,
                      new SecureRandom())));
    }
    Optional<String> stranger =
        book.roles()
            .updater()
            .filter(updater -> !updater.equals(signer.address()))
            .map(
                updater ->
                    "the contract takes roots of "
                        + updater
                        + " alone, and this server's key is "
                        + signer.address()
                        + ": configure that key, or have governance name this one");
    return new Sending(signer.address(), stranger, outbox, epochs, claims, registration, payments);
  }

  private static Governance governance(
      RollupEnvironment environment,
      AddressBook book,
      ChainClient client,
      Optional<Sending> sending) {
    GovernanceContracts contracts = GovernanceContracts.of(book);
    return new Governance(
        client,
        sending.<Outbox>map(Sending::outbox).orElseGet(NoOutbox::new),
        sending.map(Sending::signer).orElse(ChainAddress.ZERO),
        contracts,
        Deployed.of(book, book.governor().orElse(ContractName.OPEN_LEDGER_GOVERNOR)),
        new LogProposals(client, contracts.governor(), book.block()),
        environment.policies(),
        new GovernanceSettings(Finality.UNSAFE, environment.chain().governing()));
  }

  /** Starts all of it, or closes all of it. */
  void start() {
    try {
      sending.ifPresent(Sending::start);
      reader.start();
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Who signs, for people. */
  String signing() {
    return sending.map(s -> "signing as " + s.signer()).orElse("without a key: it is only read");
  }

  /** How they are, in words; what several say, once. */
  String told() {
    return Troubles.once(
        Stream.concat(
                sending.stream().flatMap(Sending::troubles), Stream.of(reader.status().told()))
            .toList());
  }

  @Override
  public void close() {
    opened.close();
  }
}
