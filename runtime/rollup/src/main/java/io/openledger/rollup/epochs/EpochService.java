package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.provenance.Receipt;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.merkle.ReceiptTree;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Periodic;
import io.openledger.runtime.ledger.EpochListener;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.ledger.LedgerEpoch;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochsOnChain;
import io.openledger.runtime.rollup.ReceiptProof;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/** Posts epochs and follows what becomes of them. Safe for any thread and any number of nodes. */
public final class EpochService implements EpochsOnChain, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(EpochService.class.getName());
  private static final long MOST = 1000;

  private final Store store;
  private final Epochs epochs;
  private final ChainClient client;
  private final EpochPoster poster;
  private final RootFollower follower;
  private final Optional<ReceiptAnchorer> anchorer;
  private final PostingRows roots;
  private final PostingRows receipts;
  private final ScheduledExecutorService executor;
  private final Periodic looks;
  private final AtomicBoolean asked = new AtomicBoolean();

  private final EpochListener hearing =
      new EpochListener() {
        @Override
        public void closing(LedgerEpoch epoch) {
          // the chain is not asked in the transaction that closes an epoch
        }

        @Override
        public void closed(LedgerEpoch epoch) {
          // one that waits looks at all that was closed before it begins
          if (asked.compareAndSet(false, true)) {
            executor.execute(EpochService.this::lookForClosed);
          }
        }
      };

  private boolean adopted;
  private volatile Optional<String> trouble = Optional.empty();

  /**
   * @param anchor empty: receipts are anchored by nobody
   */
  public EpochService(
      RootSettings settings,
      Optional<AnchorSettings> anchor,
      Store store,
      Epochs epochs,
      Outbox outbox,
      ChainClient client,
      Clock clock,
      ScheduledExecutorService executor) {
    this.store = store;
    this.epochs = epochs;
    this.client = client;
    this.poster = new EpochPoster(settings, store, epochs, outbox, client, clock);
    this.roots = new PostingRows(settings.distributor().name());
    this.receipts = anchor.map(a -> new PostingRows(a.contract().name())).orElse(roots);
    this.executor = executor;
    this.follower = new RootFollower(roots, store, outbox, client, poster.distributor(), clock);
    this.anchorer = anchor.map(a -> new ReceiptAnchorer(a, store, epochs, outbox, client, clock));
    this.looks = new Periodic(this::look, executor, settings.every());
  }

  /** Hears of epochs from now on, and begins to look at the chain. */
  public void start() {
    epochs.listen(hearing);
    looks.start();
  }

  private synchronized void lookForClosed() {
    asked.set(false);
    look();
  }

  /** Looks at the chain once, and hands over what is missing there. Throws nothing. */
  public synchronized void look() {
    Optional<String> adopting = tried("finding what was posted before", this::adopt);
    AtomicBoolean whole = new AtomicBoolean();
    Optional<String> following = tried("following the roots", () -> whole.set(follower.look()));
    // what was not seen may have a root that was dropped or posted before: then none is posted by
    // itself
    Optional<String> posting =
        adopting.isPresent() || !whole.get()
            ? Optional.empty()
            : tried("posting the last epoch", poster::catchUp);
    Optional<String> anchoring = anchorer.flatMap(a -> tried("anchoring receipts", a::catchUp));
    trouble = adopting.or(() -> following).or(() -> posting).or(() -> anchoring);
  }

  private void adopt() {
    if (!adopted) {
      int rows =
          store.requiresNew(
              "finding what was posted before",
              c ->
                  roots.adopt(c, EpochPosting.Kind.ROOT, client.chainId())
                      + receipts.adopt(c, EpochPosting.Kind.RECEIPTS, client.chainId()));
      adopted = true;
      if (rows > 0) {
        LOG.log(
            System.Logger.Level.INFO,
            "{0} postings of an earlier release are taken to be those of deployment {1}",
            rows,
            roots.deployment());
      }
    }
  }

  /** What stood in the way when the chain was looked at last, if anything did. */
  public Optional<String> trouble() {
    return trouble;
  }

  private Optional<String> tried(String what, Runnable task) {
    try {
      task.run();
      return Optional.empty();
    } catch (RuntimeException e) {
      // once, not at each look
      LOG.log(
          trouble.isPresent() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
          "{0}: {1}; tried again at the next look",
          what,
          e.getMessage());
      return Optional.of(what + ": " + e.getMessage());
    }
  }

  @Override
  public List<EpochPosting> postings(long from, long to) {
    if (from < 1 || to < from || to - from > MOST) {
      throw OpenLedgerException.invalid(
          "range of epochs", from + " to " + to, "1 or more, " + MOST + " at most");
    }
    return store.join("listing postings", c -> roots.between(c, receipts.deployment(), from, to));
  }

  @Override
  public EpochPosting post(Caller caller) {
    if (caller.user().isPresent() && !caller.is(Caller.Role.ADMIN)) {
      throw new OpenLedgerException(
          ErrorCode.FORBIDDEN,
          "a user without the role " + Caller.Role.ADMIN.label() + " who posts an epoch",
          "applications, and users with that role",
          "ask an administrator for the role");
    }
    return poster.postNow();
  }

  @Override
  public ReceiptProof prove(Receipt receipt) {
    ReceiptAnchorer anchored =
        anchorer.orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CHAIN_UNAVAILABLE,
                    "this server anchors no receipts",
                    "a server with the contract AttributionAnchor",
                    "configure it, or ask the server that anchors this ledger"));
    LedgerEpoch epoch =
        receipt
            .link()
            .flatMap(link -> epochs.covering(link.number()))
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.EPOCH_UNKNOWN,
                        "no closed epoch covers receipt " + receipt.id(),
                        "receipts of closed epochs",
                        "ask again after the next epoch"));
    ReceiptTree tree = anchored.trees().of(epoch);
    return new ReceiptProof(
        client.chainId(),
        anchored.anchor().contract(),
        anchored.anchor().id(),
        epoch.number(),
        tree.root(),
        receipt.hash(),
        tree.proof(receipt.hash())
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.LEDGER_INCONSISTENT,
                        "receipt "
                            + receipt.id()
                            + " is not among those of epoch "
                            + epoch.number(),
                        "receipts as they were stored",
                        "restore the database from a backup")),
        postings(epoch.number(), epoch.number()).stream()
            .filter(p -> p.kind() == EpochPosting.Kind.RECEIPTS)
            .findFirst());
  }

  @Override
  public void close() {
    looks.close();
    epochs.forget(hearing);
  }
}
