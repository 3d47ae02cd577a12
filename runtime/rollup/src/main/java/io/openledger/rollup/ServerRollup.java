package io.openledger.rollup;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.PolicyGovernance;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.ChainStanding;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.rollup.epochs.Deployed;
import io.openledger.rollup.epochs.Standings;
import io.openledger.rollup.payments.PaymentService;
import io.openledger.rollup.reader.ChainHistory;
import io.openledger.rollup.reader.ReaderSettings;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer.Check;
import io.openledger.runtime.ledger.ChainTerms;
import io.openledger.runtime.rollup.Claims;
import io.openledger.runtime.rollup.EpochsOnChain;
import io.openledger.runtime.rollup.OutboxAdministration;
import io.openledger.runtime.rollup.OutboxFigures;
import io.openledger.runtime.rollup.Payments;
import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.rollup.RollupEnvironment;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The rollup's services of one server. The address book is read at once; a chain that does not
 * answer is tried again until it does. Nothing is read for the ledger, signed or sent before the
 * chain's contracts were compared with the book.
 */
final class ServerRollup implements Rollup {

  private static final System.Logger LOG = System.getLogger(ServerRollup.class.getName());

  /** Seconds from one attempt to attach to the next. */
  private static final long AGAIN = 5;

  private final RollupEnvironment environment;
  private final AddressBook book;
  private final ChainHistory history;
  private final ChainClient client;
  private final Standings standings;
  private volatile @Nullable Services services;
  private volatile OpenLedgerException trouble =
      unavailable("the chain was not asked yet", "try again in a few seconds");
  private volatile boolean closed;

  /**
   * @throws OpenLedgerException {@code CONFIGURATION_INVALID} if the address book cannot be read
   */
  ServerRollup(RollupEnvironment environment) {
    this.environment = environment;
    this.book = AddressBook.read(environment.chain().addressBook());
    this.history = new ChainHistory(environment.store(), ReaderSettings.of(book));
    this.client = Services.client(environment, book);
    this.standings =
        new Standings(
            Deployed.of(book, ContractName.REWARD_DISTRIBUTOR),
            ReaderSettings.of(book).deployment(),
            environment.store(),
            environment.epochs(),
            history,
            client);
  }

  @Override
  public void start() {
    environment.server().executor().execute(this::attach);
  }

  private synchronized void attach() {
    if (closed || services != null) {
      return;
    }
    try {
      Services opened = Services.open(environment, book, client);
      opened.start();
      services = opened;
      LOG.log(
          System.Logger.Level.INFO,
          "attached to chain {0}, {1}",
          Long.toString(book.chainId()),
          opened.signing());
    } catch (OpenLedgerException e) {
      // once, not each time
      boolean told = String.valueOf(e.getMessage()).equals(trouble.getMessage());
      LOG.log(
          told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
          "not attached to the chain, which is tried again: {0}",
          e.getMessage());
      trouble = e;
      later();
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "not attached to the chain, which is tried again", e);
      trouble = unavailable("attaching failed: " + e.getClass().getSimpleName(), "see the log");
      later();
    }
  }

  private void later() {
    try {
      environment.server().executor().schedule(this::attach, AGAIN, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      // the server stops
      closed = true;
    }
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
  public Optional<Payments> payments() {
    return environment.chain().payments().any()
        ? sending().payments().map(PaymentService::payments)
        : Optional.empty();
  }

  @Override
  public OutboxAdministration outbox(Caller caller) {
    return sending().outbox().administration(caller);
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
    boolean wrong =
        trouble.code() == ErrorCode.CONFIGURATION_INVALID
            || trouble.code() == ErrorCode.SIGNING_KEY;
    return new Check("rollup", !wrong, "not attached: " + trouble.getMessage());
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      Services opened = services;
      if (opened != null) {
        opened.close();
      }
    }
  }
}
