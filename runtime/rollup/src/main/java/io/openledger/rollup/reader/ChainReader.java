package io.openledger.rollup.reader;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.runtime.Periodic;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Follows the contracts' events. One node of a cluster reads, by a lease in the database; all see
 * the rows. Safe for any thread.
 */
public final class ChainReader implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ChainReader.class.getName());

  /** Steps in a row before the lease is prolonged. */
  private static final int STEPS = 20;

  /** Looks in a row that a chain may move under a reader; one that goes on is not in order. */
  private static final int UNSTEADY = 15;

  private final Store store;
  private final ReaderSettings settings;
  private final String node;
  private final Clock clock;
  private final ReaderRows rows;
  private final ChainFollower follower;
  private final Periodic ticks;
  private final ReentrantLock reading = new ReentrantLock();
  private int unsteady;
  private volatile ReaderStatus status = ReaderStatus.fresh();
  private volatile boolean closed;

  /**
   * @param node names this node among those that share the database: 1 to 64 characters, another
   *     one for each start
   */
  public ChainReader(
      ChainClient client,
      Store store,
      ReaderSettings settings,
      String node,
      ScheduledExecutorService executor,
      Clock clock) {
    this(client, store, settings, node, List.of(), executor, clock);
  }

  /**
   * The same.
   *
   * @param listeners told of each event, in this order
   */
  ChainReader(
      ChainClient client,
      Store store,
      ReaderSettings settings,
      String node,
      List<EventListener> listeners,
      ScheduledExecutorService executor,
      Clock clock) {
    if (node.isEmpty() || node.length() > 64) {
      throw OpenLedgerException.invalidText("node", node, "1 to 64 characters");
    }
    this.store = store;
    this.settings = settings;
    this.node = node;
    this.clock = clock;
    this.rows = new ReaderRows(settings.deployment());
    this.follower = new ChainFollower(client, store, settings, listeners);
    this.ticks = new Periodic(() -> tick(Integer.MAX_VALUE), executor, settings.interval());
  }

  /**
   * Reads some ranges of blocks, so that where little happened since the last start all is known at
   * once. A chain that cannot be read is told.
   */
  public void readAhead() {
    tick(STEPS);
  }

  /** Begins to look at the chain each interval. Returns at once. */
  public void start() {
    ticks.start();
  }

  /** How it is. Waits for nothing. */
  public ReaderStatus status() {
    return status;
  }

  private void tick(int most) {
    boolean before = status.trouble().isPresent();
    try {
      look(most);
      if (before && status.trouble().isEmpty()) {
        LOG.log(System.Logger.Level.INFO, "the chain is read again: {0}", status.told());
      }
    } catch (OpenLedgerException e) {
      // once, not each interval; what is interrupted because all of it stops is no trouble
      LOG.log(
          before || stops() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
          "the chain cannot be read now; the next look tries again: {0}",
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(
          stops() ? System.Logger.Level.DEBUG : System.Logger.Level.ERROR,
          "the chain cannot be read",
          e);
    }
  }

  /** Whether a look ends because the server does: an executor that is shut down interrupts. */
  private boolean stops() {
    return closed || Thread.currentThread().isInterrupted();
  }

  /**
   * Reads until all that the chain has is read, or another node reads, or the chain moves too fast.
   * Returns at once if another thread of this node is at it.
   *
   * @throws OpenLedgerException why it cannot go on; {@link #status} tells the same
   */
  public void look() {
    look(Integer.MAX_VALUE);
  }

  private void look(int most) {
    if (!reading.tryLock()) {
      return;
    }
    try {
      ChainFollower.Step step = ChainFollower.Step.MOVED;
      for (int steps = 0; step == ChainFollower.Step.MOVED && !closed && steps < most; steps++) {
        // the row of the lease is made by the very first step
        if ((steps % STEPS == 0 || steps == 1) && !leased()) {
          status = with(false, Optional.empty(), status.looked());
          return;
        }
        step = follower.step();
      }
      requireSteady(step);
      status = with(true, Optional.empty(), Optional.of(clock.instant()));
    } catch (OpenLedgerException e) {
      status = with(true, Optional.of(e), status.looked());
      throw e;
    } catch (RuntimeException e) {
      status =
          with(
              true,
              Optional.of(
                  new OpenLedgerException(
                      ErrorCode.INTERNAL,
                      "reading the chain failed: " + e.getClass().getSimpleName(),
                      "no such failure",
                      "report it with the stack trace in the log; nothing was changed",
                      e)),
              status.looked());
      throw e;
    } finally {
      reading.unlock();
    }
  }

  private void requireSteady(ChainFollower.Step last) {
    unsteady = last == ChainFollower.Step.UNSTEADY ? unsteady + 1 : 0;
    if (unsteady >= UNSTEADY) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE,
          "a chain that moved at each of the last " + unsteady + " looks: " + follower.unsteady(),
          "blocks and events that fit together",
          "look at the chain's endpoints; it is asked again, and nothing was changed");
    }
  }

  private boolean leased() {
    Instant now = clock.instant();
    return store.requiresNew(
        "taking the lease of the chain's reader",
        c -> rows.cursor(c).isEmpty() || rows.lease(c, node, now, now.plus(settings.lease())));
  }

  private ReaderStatus with(
      boolean mine, Optional<OpenLedgerException> trouble, Optional<Instant> looked) {
    return follower
        .figures()
        .map(
            f ->
                new ReaderStatus(
                    mine,
                    f.cursor().finalized(),
                    f.cursor().head(),
                    f.chainHead(),
                    looked,
                    trouble,
                    f.undecoded(),
                    f.takenBack()))
        .orElse(new ReaderStatus(mine, -1, -1, -1, looked, trouble, 0, 0));
  }

  /** Looks no more, and lets another node read. Idempotent. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    ticks.close();
    try {
      store.requiresNew(
          "giving back the lease of the chain's reader",
          c -> {
            rows.release(c, node);
            return true;
          });
    } catch (OpenLedgerException e) {
      // it ends by itself
      LOG.log(System.Logger.Level.DEBUG, "the lease ends by itself: {0}", e.getMessage());
    }
  }
}
