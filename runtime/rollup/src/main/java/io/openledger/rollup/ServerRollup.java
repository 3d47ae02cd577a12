package io.openledger.rollup;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.EndpointState;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.rollup.endpoints.EndpointKeeper;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.epochs.Standings;
import io.openledger.rollup.payments.PaymentService;
import io.openledger.rollup.reader.ChainHistory;
import io.openledger.rollup.reader.EventList;
import io.openledger.rollup.reader.ReaderSettings;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.ledger.ChainTerms;
import io.openledger.runtime.rollup.ChainEvents;
import io.openledger.runtime.rollup.Claims;
import io.openledger.runtime.rollup.EndpointAdministration;
import io.openledger.runtime.rollup.EpochsOnChain;
import io.openledger.runtime.rollup.OutboxAdministration;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.rollup.Payments;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.rollup.RollupEnvironment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rollup's services of one server. The address book is read at once; a chain that does not
 * answer is tried again until it does. Nothing is read for the ledger, signed or sent before the
 * chain's contracts were compared with the book.
 */
final class ServerRollup implements Rollup {

  private static final System.Logger LOG = System.getLogger(ServerRollup.class.getName());

  /**
   * From one attempt to attach to the next; doubled while the reason stays the same, unless nodes
   * are away: they cost nothing, and are looked for at this pace.
   */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  /** Where doubling ends: each attempt is some forty calls, and may decrypt a key. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final RollupEnvironment environment;
  private final AddressBook book;
  private final ReaderSettings reading;
  private final ChainHistory history;
  private final Endpoints client;
  private final EndpointKeeper keeper;
  private final Standings standings;
  private volatile @Nullable Services services;
  private volatile OpenLedgerException trouble =
      unavailable("the chain was not asked yet", "try again in a few seconds");
  private Duration pause = FIRST_PAUSE;
  private boolean closed;

  /**
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} if the address book cannot be read
   */
  ServerRollup(RollupEnvironment environment) {
    this.environment = environment;
    this.book = AddressBook.read(environment.chain().addressBook());
    this.reading = ReaderSettings.of(book);
    this.history = new ChainHistory(environment.store(), reading);
    this.client = Services.client(environment, book);
    this.keeper = Services.keeper(environment, client);
    this.standings =
        new Standings(
            Deployed.of(book, ContractName.REWARD_DISTRIBUTOR),
            reading.deployment(),
            environment.store(),
            environment.epochs(),
            history,
            client);
  }

  @Override
  public void start() {
    keeper.start();
    environment.server().executor().execute(this::attach);
  }

  /** One attempt. The next one is planned at its end, so there is one at a time. */
  private void attach() {
    if (isClosed()) {
      return;
    }
    try {
      // before anything is believed
      keeper.load();
      // without the lock: a node that dawdles must not hold up who closes
      Services opened =
          Services.open(
              environment,
              book,
              reading,
              client,
              () -> Keys.open(environment.chain().key(), environment.server()));
      if (begin(opened)) {
        LOG.log(
            System.Logger.Level.INFO,
            "attached to chain {0}, {1}",
            Long.toString(book.chainId()),
            opened.signing());
      }
    } catch (OpenLedgerException e) {
      again(e, null);
    } catch (RuntimeException | Error e) {
      again(unavailable("attaching failed: " + e.getClass().getSimpleName(), "see the log"), e);
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Starts what was opened, or closes it because the server has stopped meanwhile. */
  private synchronized boolean begin(Services opened) {
    if (closed) {
      opened.close();
      return false;
    }
    opened.start();
    services = opened;
    return true;
  }

  private synchronized void again(OpenLedgerException why, @Nullable Throwable defect) {
    if (closed) {
      return; // what was interrupted by that is no trouble
    }
    boolean told = String.valueOf(why.getMessage()).equals(trouble.getMessage());
    boolean away = defect == null && why.code() == ErrorCode.CHAIN_UNAVAILABLE;
    pause = told && !away ? doubled(pause) : FIRST_PAUSE;
    trouble = why;
    if (!told) {
      // once, not each time
      LOG.log(
          defect == null ? System.Logger.Level.WARNING : System.Logger.Level.ERROR,
          "not attached to the chain, which is tried again: " + why.getMessage(),
          defect);
    }
    try {
      environment
          .server()
          .executor()
          .schedule(this::attach, pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(System.Logger.Level.DEBUG, "the server stops: the chain is not tried again");
    }
  }

  private static Duration doubled(Duration pause) {
    Duration next = pause.multipliedBy(2);
    return next.compareTo(LONGEST_PAUSE) < 0 ? next : LONGEST_PAUSE;
  }

  /** The services, or why there are none. */
  private Services require() {
    Services opened = services;
    if (opened == null) {
      throw trouble;
    }
    return opened;
  }

  private Services.Sending sending() {
    return require().sending().orElseThrow(NoOutbox::refusal);
  }

  private static OpenLedgerException unavailable(String arrived, String then) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_UNAVAILABLE, arrived, "a chain that answers", then);
  }

  @Override
  public ChainTerms terms() {
    return history;
  }

  @Override
  public PolicyGovernance governance(Caller caller) {
    return require().governance().of(caller);
  }

  @Override
  public Optional<EpochsOnChain> epochs() {
    return require().sending().map(Services.Sending::epochs);
  }

  @Override
  public Optional<Claims> claims() {
    return require().sending().map(Services.Sending::claims);
  }

  @Override
  public ChainStanding standing(ChainAddress address) {
    return services == null
        ? new ChainStanding.Unknown("not attached to the chain: " + trouble.getMessage())
        : standings.of(address);
  }

  @Override
  public boolean paysByCall(Caller caller) {
    return caller.user().filter(environment.chain().payments().users()::contains).isPresent();
  }

  @Override
  public Optional<Payments> payments() {
    return environment.chain().payments().any()
        ? sending().payments().map(PaymentService::payments)
        : Optional.empty();
  }

  @Override
  public Optional<ChainEvents> chainEvents() {
    return Optional.of(new EventList(environment.store(), reading));
  }

  @Override
  public OutboxAdministration outbox(Caller caller) {
    return sending().outbox().administration(caller);
  }

  @Override
  public EndpointAdministration endpoints(Caller caller) {
    return keeper.administration(caller);
  }

  @Override
  public OutboxFigures outboxFigures() {
    return sending().outbox().figures();
  }

  /**
   * Up as long as answers can be paid for: what cannot be sent now is sent later. Down where the
   * chain is not the one that the address book is of, or the key cannot be used.
   */
  @Override
  public Check readiness() {
    Services opened = services;
    if (opened != null) {
      return new Check("rollup", true, opened.told());
    }
    Optional<String> others = ofOtherChains();
    boolean wrong =
        others.isPresent()
            || trouble.code() == ErrorCode.CONFIGURATION_INVALID
            || trouble.code() == ErrorCode.SIGNING_KEY;
    return new Check("rollup", !wrong, "not attached: " + others.orElse(trouble.getMessage()));
  }

  /** The endpoints that are of another chain, if too few are left that are not. */
  private Optional<String> ofOtherChains() {
    List<EndpointState> states = client.states();
    List<EndpointState> others =
        states.stream().filter(e -> e.status() == EndpointState.Status.WRONG_CHAIN).toList();
    int quorum = environment.chain().quorum();
    int needed = quorum == 0 ? states.size() / 2 + 1 : quorum;
    return states.size() - others.size() >= needed
        ? Optional.empty()
        : Optional.of(
            others.stream()
                .map(e -> "endpoint " + e.name() + ": " + e.detail().orElse("of another chain"))
                .collect(Collectors.joining("; ")));
  }

  @Override
  public synchronized void close() {
    closed = true;
    keeper.close();
    Services opened = services;
    if (opened != null) {
      opened.close();
    }
  }
}
