package io.openledger.rollup.endpoints;

import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.EndpointState.Status;
import io.openledger.chain.connector.rpc.Endpoints;
import io.openledger.chain.connector.rpc.FinalBlock;
import io.openledger.rollup.endpoints.EndpointRows.Kept;
import io.openledger.rollup.endpoints.EndpointRows.Made;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Periodic;
import io.openledger.runtime.rollup.EndpointAdministration;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Keeps in the database what was final, so that a server that starts anew believes no chain that
 * does not have it, and carries out on this server what was decided on any. Safe for any thread.
 */
public final class EndpointKeeper implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(EndpointKeeper.class.getName());

  private final Store store;
  private final Endpoints endpoints;
  private final Map<String, String> addresses;
  private final EndpointRows rows;
  private final Periodic ticks;
  private boolean loaded;

  /** The last decision that was carried out here. */
  private long decided;

  /** The last one that accepted a block. */
  private long accepted;

  /**
   * Asks and starts nothing yet.
   *
   * @param addresses what is shown of the endpoints' addresses, by their names
   * @param interval between two looks; zero: looks are made by hand
   */
  public EndpointKeeper(
      Store store,
      Endpoints endpoints,
      Map<String, String> addresses,
      ScheduledExecutorService executor,
      Duration interval) {
    this.store = store;
    this.endpoints = endpoints;
    this.addresses = Map.copyOf(addresses);
    this.rows = new EndpointRows(endpoints.chainId());
    this.ticks = new Periodic(this::tick, executor, interval);
  }

  /**
   * Tells the endpoints what was final. To be called before they are asked anything that is to be
   * believed; does nothing when it has been done.
   *
   * @throws OpenLedgerException {@code LEDGER_UNAVAILABLE}
   */
  public synchronized void load() {
    if (loaded) {
      return;
    }
    if (store.requiresNew("looking what was final", rows::kept).isEmpty()) {
      begin();
    }
    store.requiresNew(
        "reading what was final",
        c -> {
          decided = rows.lastDecision(c);
          Kept kept = required(c);
          accepted = kept.accepted();
          kept.block().ifPresent(endpoints::remember);
          return true;
        });
    loaded = true;
  }

  private Kept required(Connection c) throws SQLException {
    return rows.kept(c).orElseThrow(() -> new SQLException("no row of the chain's finality"));
  }

  private void begin() {
    try {
      store.requiresNew(
          "beginning to keep what is final",
          c -> {
            rows.begin(c);
            return true;
          });
    } catch (OpenLedgerException e) {
      // another server was quicker
      if (store.requiresNew("looking what was final", rows::kept).isEmpty()) {
        throw e;
      }
    }
  }

  /** Begins to look. */
  public void start() {
    ticks.start();
  }

  private void tick() {
    try {
      look();
    } catch (OpenLedgerException e) {
      // the database is in trouble, as others tell; nothing is lost but time
      LOG.log(System.Logger.Level.DEBUG, "what is final was not kept: {0}", e.getMessage());
    }
  }

  /** Carries out what was decided elsewhere, and keeps what is final. */
  synchronized void look() {
    load();
    store.requiresNew(
        "keeping what is final",
        c -> {
          List<Made> made = rows.decidedSince(c, decided);
          made.forEach(this::lift);
          Kept kept = required(c);
          if (kept.accepted() > accepted) {
            endpoints.acceptFinality();
            kept.block().ifPresent(endpoints::remember);
          }
          accepted = kept.accepted();
          decided = made.isEmpty() ? decided : made.get(made.size() - 1).ordinal();
          Optional<FinalBlock> now = endpoints.settled();
          long known = kept.block().map(FinalBlock::number).orElse(-1L);
          if (now.isPresent() && now.get().number() > known) {
            rows.keep(c, accepted, now.get());
          }
          return true;
        });
  }

  private void lift(Made made) {
    if (made.kind() == EndpointRows.Kind.LIFT && aside(made.subject())) {
      endpoints.lift(made.subject());
    }
  }

  private boolean aside(String name) {
    return endpoints.states().stream()
        .anyMatch(e -> e.name().equals(name) && e.status() == Status.ASIDE);
  }

  /** The administrator's view, for one caller. */
  public EndpointAdministration administration(Caller caller) {
    return new CallerEndpoints(store, endpoints, addresses, rows, this, caller);
  }

  @Override
  public void close() {
    ticks.close();
  }
}
