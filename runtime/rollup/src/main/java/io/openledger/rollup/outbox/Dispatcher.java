package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Handover;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.rollup.outbox.OutboxRows.Made;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the chain of what waits, from its next nonce on and no further than the window: once its
 * bytes are stored, again and again, with {@link Raises higher fees} where that is due. Nothing is
 * told whose bytes are not committed. One thread at a time.
 *
 * <p>It is long because what a node says of bytes is told here in words, for each thing that it can
 * say.
 */
final class Dispatcher {

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Leases leases;
  private final Signing signing;
  private final Raises raises;
  private final Told told;
  private final Counters counters;
  private final OutboxSettings settings;

  Dispatcher(
      ChainClient chain,
      Store store,
      OutboxRows rows,
      Leases leases,
      Signing signing,
      Market market,
      Told told,
      Counters counters,
      OutboxSettings settings) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.leases = leases;
    this.signing = signing;
    this.raises = new Raises(store, rows, leases, signing, market, told, counters, settings);
    this.told = told;
    this.counters = counters;
    this.settings = settings;
  }

  /**
   * One turn.
   *
   * @return what stands in the way of all, in words
   * @throws OpenLedgerException what the chain's client throws; what was told before is written
   */
  Optional<String> dispatch(Lease lease, View view) {
    Map<Entry, Attempt> newest = store.requiresNew("reading what waits", c -> waiting(c, view));
    told.retain(newest.keySet().stream().map(Entry::key).collect(Collectors.toSet()));
    Map<Entry, Made> made = raises.sign(lease, view, newest);
    List<Entry> due =
        newest.keySet().stream()
            .filter(
                e -> made.containsKey(e) || (!takenBack(e, newest) && !lately(e, newest.get(e))))
            .toList();
    List<Hash256> hashes = new ArrayList<>();
    for (Entry entry : due) {
      if (!made.containsKey(entry)) {
        hashes.add(attempt(newest, entry).transaction());
      }
    }
    Map<Hash256, SignedTransaction> bytes =
        hashes.isEmpty()
            ? Map.of()
            : store.requiresNew("reading stored bytes", c -> rows.bytes(c, hashes));
    List<Change> changes = new ArrayList<>();
    try {
      return tell(view.again(), due, newest, made, bytes, changes)
          .or(() -> standing(newest))
          .or(raises::trouble);
    } finally {
      List<Change> real = changes.stream().filter(Change::changes).toList();
      if (!real.isEmpty()) {
        leases.fenced(
            lease,
            "writing what was sent",
            c -> {
              rows.write(c, real);
              return true;
            });
      }
    }
  }

  /**
   * The first message that no node took when it was told of it last: all behind it wait for it. One
   * that was taken once is in a node's pool, whatever that node says of it today, unless it cannot
   * be paid for any more.
   */
  private Optional<Entry> untaken(Map<Entry, Attempt> newest) {
    return newest.keySet().stream()
        .filter(e -> e.state() == State.STORED || told.cannotBePaid(e.key()))
        .filter(e -> told.inTheWay(e.key()).isPresent())
        .findFirst();
  }

  /** What stands in the way between two times of telling as well. */
  private Optional<String> standing(Map<Entry, Attempt> newest) {
    return untaken(newest)
        .map(
            entry -> {
              long behind = newest.keySet().stream().filter(e -> e.nonce() > entry.nonce()).count();
              return "message "
                  + entry.key()
                  + " with nonce "
                  + entry.nonce()
                  + ": "
                  + told.inTheWay(entry.key()).orElse("")
                  + (behind == 0 ? "" : "; " + behind + " of those in flight wait behind it");
            });
  }

  private Map<Entry, Attempt> waiting(Connection c, View view) throws SQLException {
    List<Entry> entries =
        rows.waiting(c, view.nextNonce(), view.nextNonce() + settings.window(), settings.window());
    Map<String, List<Attempt>> attempts =
        rows.attempts(c, entries.stream().map(Entry::key).toList());
    Map<Entry, Attempt> newest = new LinkedHashMap<>();
    for (Entry entry : entries) {
      List<Attempt> all = attempts.getOrDefault(entry.key(), List.of());
      if (!all.isEmpty()) {
        newest.put(entry, all.get(all.size() - 1));
      }
    }
    return newest;
  }

  private static Attempt attempt(Map<Entry, Attempt> newest, Entry entry) {
    @Nullable Attempt attempt = newest.get(entry);
    if (attempt == null) {
      throw new IllegalStateException("nothing was signed for " + entry.key());
    }
    return attempt;
  }

  /** What an administrator takes back is told no more, also where that cannot be signed yet. */
  private static boolean takenBack(Entry entry, Map<Entry, Attempt> newest) {
    return Raises.takesBack(entry, attempt(newest, entry));
  }

  private boolean lately(Entry entry, @Nullable Attempt attempt) {
    return attempt != null
        && told.lately(entry.key(), attempt.transaction(), settings.resend().toNanos());
  }

  private Optional<String> tell(
      View view,
      List<Entry> due,
      Map<Entry, Attempt> newest,
      Map<Entry, Made> made,
      Map<Hash256, SignedTransaction> bytes,
      List<Change> changes) {
    for (Entry entry : due) {
      if (!view.timeIsLeft()) {
        return Optional.empty();
      }
      @Nullable Made signed = made.get(entry);
      Hash256 hash = signed == null ? attempt(newest, entry).transaction() : signed.signed().hash();
      @Nullable SignedTransaction raw = signed == null ? bytes.get(hash) : signed.signed();
      if (raw == null) {
        String damaged = "its stored bytes are damaged: restore the database from a backup";
        changes.add(Change.waiting(entry, entry.state(), Optional.of(damaged)));
        return Optional.of("message " + entry.key() + ": " + damaged);
      }
      boolean before = told.ever(entry.key());
      Handover handover = chain.handOver(raw);
      Broadcast outcome = handover.outcome();
      (before ? counters.rebroadcasts : counters.broadcasts).incrementAndGet();
      Optional<String> behind =
          untaken(newest)
              .filter(first -> first.nonce() < entry.nonce())
              .map(first -> "waits behind message " + first.key() + ", which no node takes");
      Optional<String> detail = detail(handover, entry, raw, signed == null, view, behind);
      told.tell(entry.key(), hash, outcome, detail);
      State state = Told.taken(outcome) ? State.SENT : entry.state();
      changes.add(new Change(entry, state, hash, Optional.empty(), detail));
      if (outcome == Broadcast.FUNDS) {
        // what waits behind it costs something too
        break;
      }
    }
    return Optional.empty();
  }

  private Optional<String> detail(
      Handover handover,
      Entry entry,
      SignedTransaction raw,
      boolean notRaised,
      View view,
      Optional<String> behind) {
    return switch (handover.outcome()) {
      case ACCEPTED ->
          notRaised && entry.state() == State.SENT && entry.nonce() == view.nextNonce()
              ? ceiling(view)
              : behind;
      // at first it may just have been put into a block; said again, the chain says otherwise
      case NONCE_USED ->
          told.ever(entry.key())
              ? Optional.of(
                  "refused, for its nonce is used, which is not so in the newest block: "
                      + handover.words().orElse("the node does not say more"))
              : entry.detail();
      case UNDERPRICED ->
          Optional.of(
              "a node takes it for higher fees alone, or another transaction of nonce "
                  + entry.nonce()
                  + " waits there and pays more"
                  + handover.words().map(words -> ": " + words).orElse(""));
      case FUNDS -> Optional.of(funds(raw));
      case UNKNOWN ->
          Optional.of(
              "no node said that it took it, which is tried again: "
                  + handover.words().orElse("nor why not"));
    };
  }

  private Optional<String> ceiling(View view) {
    Wei base = view.unsafe().baseFee();
    return settings.feeCeiling().compareTo(base) < 0
        ? Optional.of(
            "the base fee, "
                + base
                + " wei, is above the ceiling, "
                + settings.feeCeiling()
                + "; raise the ceiling or wait")
        : Optional.empty();
  }

  private String funds(SignedTransaction raw) {
    Eip1559Transaction tx = signing.opened(raw);
    String has;
    try {
      has = chain.balance(signing.address()) + " wei";
    } catch (OpenLedgerException e) {
      has = "less (" + ErrorCode.CHAIN_UNAVAILABLE.id() + ")";
    }
    return "needs up to "
        + tx.atMost()
        + " wei, and the data's fee on L1, and "
        + signing.address()
        + " has "
        + has
        + ": send it some";
  }
}
