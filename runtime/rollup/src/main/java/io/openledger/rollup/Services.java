package io.openledger.rollup;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AbiFunction;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractAbi;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.EndpointSettings;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.rollup.governance.Governance;
import io.openledger.rollup.governance.GovernanceContracts;
import io.openledger.rollup.governance.GovernanceSettings;
import io.openledger.rollup.governance.KnownContract;
import io.openledger.rollup.governance.LogProposals;
import io.openledger.rollup.outbox.JdbcOutbox;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxSettings;
import io.openledger.rollup.reader.ChainReader;
import io.openledger.rollup.reader.ReaderSettings;
import io.openledger.runtime.config.ChainSettings;
import io.openledger.runtime.rollup.RollupEnvironment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;

/** What is there once the chain was found to be the one that is meant. */
record Services(
    Optional<Signer> signer, Optional<JdbcOutbox> outbox, ChainReader reader, Governance governance)
    implements AutoCloseable {

  /**
   * Asks the chain, compares it with the book, and puts the services together.
   *
   * @throws io.openledger.api.OpenLedgerException {@code CONFIGURATION_INVALID} if the chain is not
   *     the book's; what the client and the signer throw if they cannot be asked
   */
  static Services open(RollupEnvironment environment, AddressBook book) {
    ChainSettings settings = environment.chain();
    ScheduledExecutorService executor = environment.server().executor();
    List<HttpService> endpoints =
        settings.endpoints().stream()
            .map(e -> new HttpService(new RpcEndpoint(e.name(), e.url()), RpcLimits.USUAL, executor))
            .toList();
    ChainClient client =
        new Endpoints(
            book.chainId(),
            endpoints,
            EndpointSettings.USUAL.withQuorum(settings.quorum()),
            System::nanoTime,
            environment.server().clock());
    book.verify(client);
    Optional<Signer> signer = Keys.open(settings.key(), environment.server());
    // of this start: a lease of an earlier one is not ours
    String node = UUID.randomUUID().toString();
    Optional<JdbcOutbox> outbox =
        signer.map(
            key ->
                new JdbcOutbox(
                    environment.store(),
                    client,
                    key,
                    node,
                    OutboxSettings.usual(book.chainId()).withCeiling(settings.maxFeePerGas()),
                    executor,
                    System::nanoTime));
    ChainReader reader =
        new ChainReader(
            client,
            environment.store(),
            ReaderSettings.of(book),
            node,
            List.of(),
            executor,
            environment.server().clock());
    return new Services(
        signer,
        outbox,
        reader,
        governance(
            client,
            outbox.<Outbox>map(o -> o).orElseGet(NoOutbox::new),
            signer.map(Signer::address).orElse(NoOutbox.NOBODY),
            book));
  }

  private static Governance governance(
      ChainClient client, Outbox outbox, ChainAddress self, AddressBook book) {
    ContractName governor = book.governor().orElse(ContractName.OPEN_LEDGER_GOVERNOR);
    Map<ChainAddress, KnownContract> known = new HashMap<>();
    book.contracts()
        .forEach(
            (name, entry) ->
                known.put(
                    entry.address(),
                    new KnownContract(
                        name.contract(), ContractAbi.load(name).functions().stream()
                            .map(AbiFunction::signature)
                            .toList())));
    return new Governance(
        client,
        outbox,
        self,
        new GovernanceContracts(
            book.address(governor),
            book.address(ContractName.TIMELOCK_CONTROLLER),
            book.address(ContractName.GOPEN),
            book.address(ContractName.PARAMETER_STORE),
            known),
        new LogProposals(client, book.address(governor), book.block()),
        GovernanceSettings.USUAL);
  }

  void start() {
    outbox.ifPresent(JdbcOutbox::start);
    reader.start();
  }

  /** Who signs, for people. */
  String signing() {
    return signer.map(s -> "signing as " + s.address()).orElse("without a key: it is only read");
  }

  /** How they are, in words. */
  String told() {
    return outbox.flatMap(JdbcOutbox::trouble).map(t -> "nothing is sent now: " + t + "; ").orElse("")
        + reader.status().told();
  }

  @Override
  public void close() {
    reader.close();
    outbox.ifPresent(JdbcOutbox::close);
    signer.ifPresent(Signer::close);
  }
}
