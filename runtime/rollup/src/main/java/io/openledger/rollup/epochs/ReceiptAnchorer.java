package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.ledger.EpochListener;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.ledger.LedgerEpoch;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochPosting.Kind;
import io.openledger.runtime.rollup.EpochPosting.State;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Anchors the roots over epochs' receipts, all epochs in their order, up to 100 at once. The next
 * are handed over when those before are in a block: were an earlier one refused after a later one
 * had come through, it could never be anchored.
 *
 * <p>Safe for any thread and any number of nodes.
 */
final class ReceiptAnchorer implements EpochListener {

  private static final System.Logger LOG = System.getLogger(ReceiptAnchorer.class.getName());

  private static final int RECENT = 10;

  private final AnchorSettings settings;
  private final Store store;
  private final Epochs epochs;
  private final Outbox outbox;
  private final ChainClient client;
  private final Anchor anchor;
  private final ReceiptTrees trees;
  private final Clock clock;

  ReceiptAnchorer(
      AnchorSettings settings,
      Store store,
      Epochs epochs,
      Outbox outbox,
      ChainClient client,
      Clock clock) {
    this.settings = settings;
    this.store = store;
    this.epochs = epochs;
    this.outbox = outbox;
    this.client = client;
    this.anchor = new Anchor(client, settings);
    this.trees = new ReceiptTrees(store);
    this.clock = clock;
  }

  Anchor anchor() {
    return anchor;
  }

  ReceiptTrees trees() {
    return trees;
  }

  static String key(long first, long last) {
    return "epoch/" + (first == last ? "" + last : first + "-" + last) + "/receipts";
  }

  /** In the transaction that closes the epoch, if all before it are anchored. */
  @Override
  public void closing(LedgerEpoch epoch) {
    List<Anchor.Item> items;
    try {
      if (epoch.receipts() == epoch.receiptsBefore()
          || open().isPresent()
          || !anchor.registered()) {
        return;
      }
      Anchor.Head head = anchor.latest();
      if (head.receipts() != epoch.receiptsBefore() || head.epoch() >= epoch.number()) {
        return;
      }
      items = List.of(item(epoch));
    } catch (OpenLedgerException e) {
      later(e);
      return;
    }
    try {
      submit(items);
    } catch (OpenLedgerException e) {
      if (e.code().category() != ErrorCode.Category.CONFLICT
          && e.code().category() != ErrorCode.Category.BUSY) {
        throw e;
      }
      later(e);
    }
  }

  private static void later(OpenLedgerException e) {
    LOG.log(System.Logger.Level.WARNING, "receipts are anchored later: {0}", e.getMessage());
  }

  /**
   * Registers the ledger if it is not, and anchors what is not anchored, if nothing is under way.
   */
  void catchUp() {
    look();
    if (open().isPresent()) {
      return;
    }
    if (!anchor.registered()) {
      register();
      return;
    }
    Anchor.Head head = anchor.latest();
    List<Anchor.Item> items = new ArrayList<>();
    for (LedgerEpoch epoch : epochs.from(head.epoch() + 1, Anchor.BATCH)) {
      if (epoch.receipts() > epoch.receiptsBefore()) {
        requireOurs(head, epoch, items.isEmpty());
        items.add(item(epoch));
      }
    }
    if (!items.isEmpty() && attempts(items) < Submission.BY_ITSELF) {
      store.requiresNew(
          "anchoring receipts",
          c -> {
            Sql.lock(c, "epoch");
            if (PostingRows.open(c, Kind.RECEIPTS).isEmpty()) {
              submit(items);
            }
            return true;
          });
    }
  }

  /** No receipt is left out, nor in two epochs: what is on the chain ends where this one begins. */
  private static void requireOurs(Anchor.Head head, LedgerEpoch epoch, boolean first) {
    if (first && head.receipts() != epoch.receiptsBefore()) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_INCONSISTENT,
          "the chain has " + head.receipts() + " receipts up to epoch " + head.epoch(),
          "the ledger's " + epoch.receiptsBefore() + " before epoch " + epoch.number(),
          "find out who anchors under this ledger's id, or which backup this database is of");
    }
  }

  private int attempts(List<Anchor.Item> items) {
    long last = items.get(items.size() - 1).epoch();
    return store.join("counting attempts", c -> PostingRows.attempts(c, Kind.RECEIPTS, last));
  }

  private void register() {
    store.requiresNew(
        "registering the ledger",
        c -> {
          Sql.lock(c, "epoch");
          Submission next =
              Submission.next(
                  outbox, "ledger/" + settings.salt().hex() + "/register", key -> false);
          return next.submit(
              outbox,
              key ->
                  new ChainIntent(
                      key, settings.contract(), Wei.ZERO, anchor.register(), OptionalLong.empty()));
        });
  }

  private Anchor.Item item(LedgerEpoch epoch) {
    return new Anchor.Item(
        epoch.number(), trees.of(epoch).root(), epoch.receipts(), epoch.epoch().receiptHead());
  }

  private void submit(List<Anchor.Item> items) {
    long first = items.get(0).epoch();
    long last = items.get(items.size() - 1).epoch();
    store.join(
        "handing over the receipts of an epoch",
        c -> {
          Submission next = Submission.next(outbox, key(first, last), key -> false);
          if (PostingRows.find(c, next.businessKey()).isEmpty()) {
            OutboxMessage message =
                next.submit(
                    outbox,
                    key ->
                        new ChainIntent(
                            key,
                            settings.contract(),
                            Wei.ZERO,
                            anchor.anchor(items),
                            OptionalLong.empty()));
            PostingRows.insert(
                c,
                EpochPoster.fresh(next.businessKey(), Kind.RECEIPTS, first, last, message, clock));
          }
          return true;
        });
  }

  private Optional<EpochPosting> open() {
    return store.join(
        "finding receipts under way", c -> PostingRows.open(c, Kind.RECEIPTS).stream().findFirst());
  }

  /**
   * Keeps what became of the last ones; a reorganisation may take them out of their block again.
   */
  private void look() {
    for (EpochPosting p :
        store.join("listing receipts", c -> PostingRows.latest(c, Kind.RECEIPTS, RECENT))) {
      outbox
          .find(p.businessKey())
          .filter(
              m ->
                  state(m) != p.state()
                      || !p.transaction().equals(Optional.of(m.transaction()))
                      || !p.detail().equals(m.detail()))
          .ifPresent(m -> keep(p, state(m), m));
    }
  }

  private static State state(OutboxMessage message) {
    return switch (message.state()) {
      case STORED, SENT -> State.SUBMITTED;
      case UNSAFE, SAFE, FINALIZED -> State.ANCHORED;
      case REVERTED -> State.REVERTED;
      case CANCELLED -> State.CANCELLED;
    };
  }

  private void keep(EpochPosting p, State state, OutboxMessage message) {
    Optional<TransactionReceipt> receipt =
        state == State.ANCHORED ? client.receipt(message.transaction()) : Optional.empty();
    EpochPosting now =
        new EpochPosting(
            p.businessKey(),
            p.kind(),
            p.firstEpoch(),
            p.epoch(),
            state,
            p.submittedAt(),
            Optional.of(message.transaction()),
            receipt.map(r -> OptionalLong.of(r.block())).orElse(OptionalLong.empty()),
            OptionalLong.empty(),
            Optional.empty(),
            message.detail(),
            clock.instant());
    store.requiresNew(
        "keeping what became of receipts",
        c -> {
          PostingRows.update(c, now);
          return true;
        });
  }
}
