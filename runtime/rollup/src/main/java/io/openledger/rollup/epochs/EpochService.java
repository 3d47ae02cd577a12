package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.provenance.Receipt;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.merkle.ReceiptTree;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Periodic;
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
  private final Periodic looks;
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
    this.follower = new RootFollower(store, outbox, client, poster.distributor(), clock);
    this.anchorer = anchor.map(a -> new ReceiptAnchorer(a, store, epochs, outbox, client, clock));
    this.looks = new Periodic(this::look, executor, settings.every());
  }

  /** Hears of epochs from now on, and begins to look at the chain. */
  public void start() {
    epochs.listen(poster);
    anchorer.ifPresent(epochs::listen);
    looks.start();
  }

  /** Looks at the chain once, and hands over what is missing there. Throws nothing. */
  public void look() {
    Optional<String> following = tried("following the roots", follower::look);
    Optional<String> posting = tried("posting the last epoch", poster::catchUp);
    Optional<String> anchoring = anchorer.flatMap(a -> tried("anchoring receipts", a::catchUp));
    trouble = following.or(() -> posting).or(() -> anchoring);
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
    return store.join("listing postings", c -> PostingRows.between(c, from, to));
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
    epochs.forget(poster);
    anchorer.ifPresent(epochs::forget);
  }
}
