package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.ledger.Epochs;
import io.openledger.runtime.ledger.LedgerEpoch;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochPosting.Kind;
import io.openledger.runtime.rollup.EpochPosting.State;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
final class ReceiptAnchorer {

  private static final int RECENT = 10;
  private static final Duration REFUSED_FOR = Duration.ofDays(1);

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

  private PostingRows rows() {
    return new PostingRows(settings.contract().name());
  }

  /** Of receipts, without their deployment: as keys were before they had one. */
  private static String key(long first, long last) {
    return "epoch/" + (first == last ? "" + last : first + "-" + last) + "/receipts";
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
    if (!items.isEmpty()) {
      long first = items.get(0).epoch();
      long last = items.get(items.size() - 1).epoch();
      if (attempts(items) >= Submission.BY_ITSELF) {
        throw EpochPoster.refusedTooOften(
            "the receipts of epochs " + first + " to " + last,
            "they are tried again a day after the first time");
      }
      byte[] data = anchor.anchor(items);
      store.requiresNew(
          "anchoring receipts",
          c -> {
            Sql.lock(c, "posting");
            if (rows().open(c, Kind.RECEIPTS).isEmpty()) {
              submit(c, first, last, data);
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

  /** Those of the last day: nobody can be asked to anchor, so it is tried again by itself. */
  private int attempts(List<Anchor.Item> items) {
    long last = items.get(items.size() - 1).epoch();
    Instant since = clock.instant().minus(REFUSED_FOR);
    return store.join("counting attempts", c -> rows().attempts(c, Kind.RECEIPTS, last, since));
  }

  private void register() {
    byte[] data = anchor.register();
    String before = "ledger/" + settings.salt().hex() + "/register";
    store.requiresNew(
        "registering the ledger",
        c -> {
          Sql.lock(c, "posting");
          if (outbox.find(before).filter(ReceiptAnchorer::onItsWay).isPresent()) {
            // of an older release, whose keys had no deployment
            return Optional.empty();
          }
          Submission next = Submission.next(outbox, settings.contract().key(before), key -> false);
          return Optional.of(next.submit(outbox, key -> intent(key, data)));
        });
  }

  private static boolean onItsWay(OutboxMessage message) {
    return state(message) == State.SUBMITTED;
  }

  private ChainIntent intent(String key, byte[] data) {
    return new ChainIntent(key, anchor.contract(), Wei.ZERO, data, OptionalLong.empty());
  }

  private Anchor.Item item(LedgerEpoch epoch) {
    return new Anchor.Item(
        epoch.number(), trees.of(epoch).root(), epoch.receipts(), epoch.epoch().receiptHead());
  }

  private void submit(Connection c, long first, long last, byte[] data) throws SQLException {
    String plain = rows().plain(c, key(first, last), settings.contract().key(key(first, last)));
    Submission next = Submission.next(outbox, plain, key -> false);
    if (rows().find(c, next.businessKey()).isEmpty()) {
      OutboxMessage message = next.submit(outbox, key -> intent(key, data));
      rows()
          .insert(
              c, EpochPoster.fresh(next.businessKey(), Kind.RECEIPTS, first, last, message, clock));
    }
  }

  private Optional<EpochPosting> open() {
    return store.join(
        "finding receipts under way", c -> rows().open(c, Kind.RECEIPTS).stream().findFirst());
  }

  /**
   * Keeps what became of the last ones; a reorganisation may take them out of their block again.
   */
  private void look() {
    for (EpochPosting p :
        store.join("listing receipts", c -> rows().latest(c, Kind.RECEIPTS, RECENT))) {
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
