package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.ChainClient;
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
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Posts epochs' roots, see the package. The chain is asked first; what is handed over is written in
 * a short transaction after that. Safe for any thread and any number of nodes.
 *
 * <p>Above 250 lines because each reason for which none is posted by itself is told here in words.
 */
final class EpochPoster {

  private static final String AT_ONCE =
      "then post with POST /api/ledger/epochs/postings, or wait for the next epoch";

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
    this.distributor = new Distributor(client, settings.distributor().contract());
    this.clock = clock;
  }

  Distributor distributor() {
    return distributor;
  }

  private PostingRows rows() {
    return new PostingRows(settings.distributor().name());
  }

  /** Of a root, without its deployment: as keys were before they had one. */
  private static String key(long epoch) {
    return "epoch/" + epoch + "/root";
  }

  /**
   * What was handed over to this deployment.
   *
   * @param newest root
   * @param dropped the oldest root that the guardian has dropped since an administrator last posted
   * @param attempts at the epoch that was asked for
   * @param elsewhere the newest root that another deployment has, or is about to have
   */
  private record Standing(
      Optional<EpochPosting> newest,
      Optional<EpochPosting> dropped,
      int attempts,
      Optional<EpochPosting> elsewhere) {

    boolean has(LedgerEpoch epoch) {
      return newest
          .filter(p -> p.epoch() == epoch.number() && p.state() != State.REVERTED)
          .isPresent();
    }

    /** Whether the newest root was on the chain when it was last looked at, and is not now. */
    boolean isGone(Distributor.Root latest) {
      return newest
          .filter(p -> p.state() != State.CHALLENGED)
          .filter(p -> p.sequence().orElse(0) > latest.sequence())
          .isPresent();
    }
  }

  private Standing standing(LedgerEpoch epoch) {
    return store.join(
        "finding the last root",
        c ->
            new Standing(
                rows().newest(c, Kind.ROOT),
                rows().dropped(c),
                rows().attempts(c, Kind.ROOT, epoch.number(), Instant.EPOCH),
                rows().elsewhere(c)));
  }

  /**
   * Posts the newest epoch if the chain has none that is as new.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it is for an administrator to post; {@code
   *     LEDGER_INCONSISTENT} if the chain's roots are not this ledger's
   */
  void catchUp() {
    Optional<LedgerEpoch> last = epochs.last().filter(EpochPoster::postable);
    if (last.isEmpty()) {
      return;
    }
    LedgerEpoch epoch = last.get();
    Standing standing = standing(epoch);
    standing.dropped().ifPresent(EpochPoster::refuseDropped);
    if (standing.has(epoch)) {
      return;
    }
    Distributor.Root latest = distributor.state().latest;
    if (standing.isGone(latest)) {
      return; // dropped or reorganised away since it was looked at: the next look decides
    }
    if (latest.epoch() >= epoch.number()) {
      requireOurs(epoch, latest);
      return;
    }
    if (latest.sequence() > 0
        && epochs
            .find(latest.epoch())
            .filter(ours -> ours.epoch().root().equals(latest.root()))
            .isEmpty()) {
      throw foreign(latest);
    }
    long here = Math.max(latest.epoch(), standing.newest().map(EpochPosting::epoch).orElse(0L));
    standing
        .elsewhere()
        .filter(there -> there.epoch() > here)
        .ifPresent(there -> refuseAnew(here, there));
    if (standing.attempts() >= Submission.BY_ITSELF) {
      throw refusedTooOften("the root of epoch " + epoch.number(), AT_ONCE);
    }
    post(epoch, false);
  }

  /** What is left to people is told with each look, for as long as nothing else comes of it. */
  static OpenLedgerException refusedTooOften(String what, String then) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        what + ", which was handed over " + Submission.BY_ITSELF + " times and came to nothing",
        "what the chain takes at one of " + Submission.BY_ITSELF + " times",
        "look at GET /api/ledger/epochs/postings for what it refused, and put that right; " + then);
  }

  private static void refuseDropped(EpochPosting dropped) {
    throw new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        "the guardian has dropped the root of epoch " + dropped.epoch() + ", and no root is posted",
        "roots that the guardian lets pass",
        "find out with the guardian what is wrong, then post with POST"
            + " /api/ledger/epochs/postings, from where on roots are posted by themselves again");
  }

  private static OpenLedgerException foreign(Distributor.Root latest) {
    return new OpenLedgerException(
        ErrorCode.LEDGER_INCONSISTENT,
        "the chain's last root is "
            + latest.root()
            + " of epoch "
            + latest.epoch()
            + ", which this ledger has not made",
        "roots that this ledger has made: another one takes back what it promises",
        "find out who posts to this contract, or which backup this database is of; to post all the"
            + " same, which the contract takes only if this ledger's epoch and total are above the"
            + " chain's: POST /api/ledger/epochs/postings");
  }

  private void refuseAnew(long here, EpochPosting elsewhere) {
    throw new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        "the distributor "
            + distributor.address()
            + " has "
            + (here == 0 ? "no root" : "roots up to epoch " + here)
            + ", and roots of this ledger up to epoch "
            + elsewhere.epoch()
            + " are with another one",
        "one distributor for a ledger: amounts are of all time, and what was claimed there could be"
            + " claimed here again",
        "attach the other one again; or, if nothing more can be claimed there and what was claimed"
            + " there may be paid once more, post with POST /api/ledger/epochs/postings");
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
    return post(last, true);
  }

  /**
   * @param asked whether an administrator wants it: then what was dropped before is settled
   */
  private EpochPosting post(LedgerEpoch epoch, boolean asked) {
    if (asked) {
      requirePostable(epoch, distributor.state().latest);
    }
    Wei value = value(epoch);
    byte[] data = distributor.postRoot(epoch);
    return store.requiresNew(
        "posting an epoch",
        c -> {
          // one node posts; who closes an epoch does not wait for it
          Sql.lock(c, "posting");
          Optional<EpochPosting> dropped = rows().dropped(c);
          if (asked) {
            rows().settleDropped(c, clock.instant());
          } else {
            dropped.ifPresent(EpochPoster::refuseDropped);
          }
          Optional<EpochPosting> newest = rows().newest(c, Kind.ROOT);
          return newest.isPresent() && newest.get().epoch() > epoch.number()
              ? newest.get()
              : submit(c, epoch, value, data);
        });
  }

  /** What the contract would refuse costs gas, and its reason comes late. */
  private static void requirePostable(LedgerEpoch epoch, Distributor.Root latest) {
    if (latest.epoch() > epoch.number()
        || (latest.epoch() == epoch.number() && !latest.root().equals(epoch.epoch().root()))
        || latest.total().compareTo(epoch.epoch().total()) > 0) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "epoch " + epoch.number() + " with " + epoch.epoch().total() + " wei in all",
          "an epoch above "
              + latest.epoch()
              + " with no less than "
              + latest.total()
              + " wei: the"
              + " contract never goes back",
          "find out who posts to this contract, or which backup this database is of; or attach"
              + " another distributor");
    }
  }

  private EpochPosting submit(Connection c, LedgerEpoch epoch, Wei value, byte[] data)
      throws SQLException {
    String plain =
        rows().plain(c, key(epoch.number()), settings.distributor().key(key(epoch.number())));
    Submission next = Submission.next(outbox, plain, key -> dropped(c, key));
    Optional<EpochPosting> there = rows().find(c, next.businessKey());
    if (there.isPresent()) {
      return there.get();
    }
    OutboxMessage message =
        next.submit(
            outbox,
            key -> new ChainIntent(key, distributor.address(), value, data, OptionalLong.empty()));
    EpochPosting posting =
        fresh(next.businessKey(), Kind.ROOT, epoch.number(), epoch.number(), message, clock);
    rows().insert(c, posting);
    return posting;
  }

  private boolean dropped(Connection c, String businessKey) throws SQLException {
    return rows().find(c, businessKey).filter(row -> row.state() == State.CHALLENGED).isPresent();
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
        store
            .join("finding the last root", c -> rows().newest(c, Kind.ROOT))
            .filter(p -> p.state() == State.SUBMITTED)
            .flatMap(p -> epochs.find(p.epoch()))
            .map(e -> e.epoch().total())
            .orElse(Wei.ZERO);
    Wei covered = there.compareTo(promised) > 0 ? there : promised;
    Wei total = epoch.epoch().total();
    return total.compareTo(covered) > 0 ? total.minus(covered) : Wei.ZERO;
  }

  /** A chain that is further than the ledger, or of another ledger, must not be silent. */
  private static void requireOurs(LedgerEpoch last, Distributor.Root latest) {
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
