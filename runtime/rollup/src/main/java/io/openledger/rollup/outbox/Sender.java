package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.runtime.store.Store;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Turns: with the lease in hand, looks at the chain, writes what became of messages, and tells what
 * waits. A turn that ends anywhere, at any statement or call, leaves what the next one, on this or
 * another node, goes on with. One turn at a time.
 */
final class Sender {

  private static final System.Logger LOG = System.getLogger(Sender.class.getName());

  /** Turns between two looks for bytes that need not be kept any more. */
  private static final int PRUNE_EVERY = 600;

  private final Store store;
  private final ChainClient chain;
  private final Identity identity;
  private final OutboxSettings settings;
  private final LongSupplier nanoTime;
  private final OutboxRows rows;
  private final Nonces nonces;
  private final Leases leases;
  private final Told told;
  private final Views views;
  private final Stranded stranded;
  private final Follower follower;
  private final Mover mover;
  private final Gaps gaps;
  private final Dispatcher dispatcher;
  private final Counters counters;
  private final ReentrantLock turning = new ReentrantLock();
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean closed;
  private int turns;

  Sender(
      Store store,
      ChainClient chain,
      Identity identity,
      String holder,
      Signing signing,
      Nonces nonces,
      Market market,
      Counters counters,
      OutboxSettings settings,
      LongSupplier nanoTime) {
    this.store = store;
    this.chain = chain;
    this.identity = identity;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.nonces = nonces;
    this.counters = counters;
    this.rows = new OutboxRows(identity);
    this.leases = new Leases(store, identity, holder, settings.lease(), nanoTime);
    this.told = new Told(nanoTime);
    this.stranded = new Stranded(store, rows, nanoTime);
    NonceWatch watch = new NonceWatch(chain);
    this.views =
        new Views(chain, store, rows, identity, watch, nanoTime, settings.lease().toNanos() / 3);
    this.follower =
        new Follower(
            chain,
            store,
            rows,
            leases,
            signing,
            told,
            counters,
            watch,
            identity,
            settings.deadAfter().toNanos());
    this.mover =
        new Mover(
            chain, store, rows, nonces, leases, signing, market, told, counters, settings.gas());
    this.gaps = new Gaps(rows, leases, signing, market, identity, settings.deadAfter(), nanoTime);
    this.dispatcher =
        new Dispatcher(chain, store, rows, leases, signing, market, told, counters, settings);
  }

  /** What stands in the way of all messages, in words. */
  Optional<String> trouble() {
    return trouble.or(stranded::trouble);
  }

  /** A turn of the timer: throws nothing. */
  void tick() {
    try {
      turn();
    } catch (OpenLedgerException e) {
      tell(Optional.of(String.valueOf(e.getMessage())));
    } catch (RuntimeException e) {
      tell(Optional.of("a defect: " + e));
      LOG.log(System.Logger.Level.ERROR, "the outbox's turn failed; the next one goes on", e);
    }
  }

  private void tell(Optional<String> now) {
    if (now.isPresent() && !now.equals(trouble)) {
      LOG.log(System.Logger.Level.WARNING, "the outbox waits: {0}", now.get());
    }
    trouble = now;
  }

  /**
   * One turn.
   *
   * @return whether this node holds the lease
   * @throws OpenLedgerException what chain or store throw
   */
  boolean turn() {
    if (!turning.tryLock()) {
      return false;
    }
    try {
      return !closed && turnAlone();
    } catch (Leases.Lost e) {
      forget();
      return false;
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.LEDGER_UNAVAILABLE) {
        counters.leaseHeld = false; // whose it is, nobody can say who does not reach the database
      }
      throw e;
    } finally {
      turning.unlock();
    }
  }

  private void forget() {
    told.clear();
    follower.clear();
    counters.leaseHeld = false;
  }

  private boolean turnAlone() {
    nonces.require();
    stranded.look();
    Optional<Lease> taken = leases.take();
    if (taken.isEmpty()) {
      forget();
      tell(Optional.empty());
      return false;
    }
    if (taken.get().fresh()) {
      forget();
    }
    counters.leaseHeld = true;
    nonces.requireChain();
    View view = views.look();
    requireHistory(view);
    mover.pass(taken.get(), view);
    Turn found = follower.follow(taken.get(), view);
    mover.move(taken.get(), view, found);

    // what was looked up may have taken long
    Lease lease = leases.take().filter(l -> !l.fresh()).orElseThrow(Leases.Lost::new);
    OptionalLong lowest =
        store.requiresNew("looking for a gap of nonces", c -> rows.lowestOpen(c, view.nextNonce()));
    Optional<String> gap = gaps.fill(lease, view.nextNonce(), lowest);
    Optional<String> inTheWay = dispatcher.dispatch(lease, view);
    if (turns++ % PRUNE_EVERY == 0) {
      prune(lease, lease.now().minus(settings.keep()));
    }
    tell(inTheWay.or(() -> gap).or(mover::trouble).or(follower::trouble));
    return true;
  }

  /**
   * Whether the chain has what was final. A fresh chain of the same id has not, nor has a node that
   * is far behind: what is sent to either may be paid a second time, or never.
   */
  private void requireHistory(View view) {
    if (store.requiresNew(
        "comparing the chain with what was final", c -> rows.settledFrom(c, view.nextNonce()))) {
      throw Nonces.other(
          "the chain knows of "
              + view.nextNonce()
              + " transactions of "
              + identity.signer()
              + ", and more of them were final",
          "the chain that this database knows");
    }
  }

  private void prune(Lease lease, Instant before) {
    leases.fenced(lease, "emptying old bytes", c -> rows.prune(c, before));
  }

  /** Lets another node send at once, and takes no turn any more. */
  void close() {
    closed = true;
    turning.lock();
    try {
      leases.release();
      forget();
    } catch (OpenLedgerException e) {
      // it ends by itself
      LOG.log(
          System.Logger.Level.DEBUG,
          "the lease was not given back: {0}",
          String.valueOf(e.getMessage()));
    } finally {
      turning.unlock();
    }
  }
}
