package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
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
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Posts epochs' roots, see the package. Safe for any thread and any number of nodes. */
final class EpochPoster implements EpochListener {

  private static final System.Logger LOG = System.getLogger(EpochPoster.class.getName());

  private final RootSettings settings;
  private final Store store;
  private final Epochs epochs;
  private final Outbox outbox;
  private final Distributor distributor;
  private final Clock clock;

  EpochPoster(
      RootSettings settings,
      Store store,
      Epochs epochs,
      Outbox outbox,
      ChainClient client,
      Clock clock) {
    this.settings = settings;
    this.store = store;
    this.epochs = epochs;
    this.outbox = outbox;
    this.distributor = new Distributor(client, settings.distributor());
    this.clock = clock;
  }

  Distributor distributor() {
    return distributor;
  }

  static String key(long epoch) {
    return "epoch/" + epoch + "/root";
  }

  /** In the transaction that closes the epoch. */
  @Override
  public void closing(LedgerEpoch epoch) {
    Wei value;
    try {
      if (!postable(epoch) || paused()) {
        return;
      }
      value = value(epoch);
    } catch (OpenLedgerException e) {
      later(epoch, e);
      return;
    }
    try {
      submit(epoch, value);
    } catch (OpenLedgerException e) {
      // what was refused before anything was written leaves the epoch's transaction as it is
      if (e.code().category() != ErrorCode.Category.CONFLICT
          && e.code().category() != ErrorCode.Category.BUSY) {
        throw e;
      }
      later(epoch, e);
    }
  }

  private static void later(LedgerEpoch epoch, OpenLedgerException e) {
    LOG.log(
        System.Logger.Level.WARNING,
        "the root of epoch {0} is posted later: {1}",
        epoch.number(),
        e.getMessage());
  }

  /** Posts the newest epoch if the chain has none that is as new. */
  void catchUp() {
    Optional<LedgerEpoch> last = epochs.last().filter(EpochPoster::postable);
    if (last.isEmpty() || paused() || handedOver(last.get())) {
      return;
    }
    Distributor.Root latest = distributor.state().latest;
    if (latest.epoch() >= last.get().number()) {
      requireOurs(last.get(), latest);
      return;
    }
    if (attempts(last.get()) < Submission.BY_ITSELF) {
      post(last.get());
    }
  }

  /** See {@link io.openledger.runtime.rollup.EpochsOnChain#post}. */
  EpochPosting postNow() {
    LedgerEpoch last =
        epochs
            .last()
            .filter(EpochPoster::postable)
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.EPOCH_UNKNOWN,
                        "no epoch that can be posted",
                        "an epoch with at least one account, closed by this release or a later one",
                        "close an epoch after something was earned"));
    return post(last);
  }

  private EpochPosting post(LedgerEpoch epoch) {
    Wei value = value(epoch);
    return store.requiresNew(
        "posting an epoch",
        c -> {
          // one node posts; an epoch that is closed meanwhile waits and is posted by its closing
          Sql.lock(c, "epoch");
          Optional<EpochPosting> newest = PostingRows.latest(c, Kind.ROOT, 1).stream().findFirst();
          return newest.isPresent() && newest.get().epoch() > epoch.number()
              ? newest.get()
              : submit(epoch, value);
        });
  }

  private EpochPosting submit(LedgerEpoch epoch, Wei value) {
    return store.join(
        "handing over the root of an epoch",
        c -> {
          Submission next = Submission.next(outbox, key(epoch.number()), k -> dropped(c, k));
          Optional<EpochPosting> there = PostingRows.find(c, next.businessKey());
          if (there.isPresent()) {
            return there.get();
          }
          OutboxMessage message =
              next.submit(
                  outbox,
                  key ->
                      new ChainIntent(
                          key,
                          settings.distributor(),
                          value,
                          distributor.postRoot(epoch),
                          OptionalLong.empty()));
          EpochPosting posting =
              fresh(next.businessKey(), Kind.ROOT, epoch.number(), epoch.number(), message, clock);
          PostingRows.insert(c, posting);
          return posting;
        });
  }

  private static boolean dropped(Connection c, String businessKey) throws SQLException {
    return PostingRows.find(c, businessKey)
        .filter(row -> row.state() == State.CHALLENGED)
        .isPresent();
  }

  static EpochPosting fresh(
      String key, Kind kind, long first, long last, OutboxMessage message, Clock clock) {
    Instant now = clock.instant();
    return new EpochPosting(
        key,
        kind,
        first,
        last,
        State.SUBMITTED,
        now,
        Optional.of(message.transaction()),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        message.detail(),
        now);
  }

  /** What the contract would refuse for ever is not tried. */
  private static boolean postable(LedgerEpoch epoch) {
    return epoch.ofAccounts()
        && epoch.epoch().leaves() > 0
        && epoch.epoch().total().value().bitLength() <= 128;
  }

  private boolean paused() {
    return newest().filter(p -> p.state() == State.CHALLENGED).isPresent();
  }

  private Optional<EpochPosting> newest() {
    return store.join(
        "finding the last root", c -> PostingRows.latest(c, Kind.ROOT, 1).stream().findFirst());
  }

  private boolean handedOver(LedgerEpoch epoch) {
    return newest()
        .filter(p -> p.epoch() == epoch.number() && p.state() != State.REVERTED)
        .isPresent();
  }

  private int attempts(LedgerEpoch epoch) {
    return store.join("counting attempts", c -> PostingRows.attempts(c, Kind.ROOT, epoch.number()));
  }

  /**
   * The coins to send with a root: what it promises beyond what was put in and what roots bring
   * that are under way.
   */
  private Wei value(LedgerEpoch epoch) {
    if (!settings.fund()) {
      return Wei.ZERO;
    }
    Wei there = distributor.state().funded();
    Wei promised =
        newest()
            .filter(p -> p.state() == State.SUBMITTED)
            .flatMap(p -> epochs.find(p.epoch()))
            .map(e -> e.epoch().total())
            .orElse(Wei.ZERO);
    Wei covered = there.compareTo(promised) > 0 ? there : promised;
    Wei total = epoch.epoch().total();
    return total.compareTo(covered) > 0 ? total.minus(covered) : Wei.ZERO;
  }

  /** A chain that is further than the ledger, or of another ledger, must not be silent. */
  private void requireOurs(LedgerEpoch last, Distributor.Root latest) {
    if (latest.epoch() > last.number() || !latest.root().equals(last.epoch().root())) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_INCONSISTENT,
          "the chain's last root is "
              + latest.root()
              + " of epoch "
              + latest.epoch()
              + ", the ledger's "
              + last.epoch().root()
              + " of epoch "
              + last.number(),
          "roots that this ledger has made, in its order",
          "find out who posts to this contract, or which backup this database is of");
    }
  }
}
