package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.rollup.outbox.OutboxRows.Made;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells the chain of what waits, from its next nonce on and no further than the window: raises fees
 * where that is due, takes back what an administrator wants taken back, and tells bytes once they
 * are stored, again and again. Nothing is told whose bytes are not committed. One thread at a time.
 */
final class Dispatcher {

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Leases leases;
  private final Signing signing;
  private final Market market;
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
    this.market = market;
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
    Map<Entry, Made> made = sign(lease, view, newest);
    List<Entry> due =
        newest.keySet().stream()
            .filter(e -> made.containsKey(e) || !lately(e, newest.get(e)))
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
      return tell(view.again(), due, newest, made, bytes, changes);
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

  private boolean lately(Entry entry, @Nullable Attempt attempt) {
    return attempt != null
        && told.lately(entry.key(), attempt.transaction(), settings.resend().toNanos());
  }

  /** Signs what is to be taken back, or to be offered more for, and stores it. */
  private Map<Entry, Made> sign(Lease lease, View view, Map<Entry, Attempt> newest) {
    Map<Entry, Attempt> due = new LinkedHashMap<>();
    newest.forEach(
        (entry, last) -> {
          boolean takeBack = entry.cancelled() && last.kind() == Kind.CALL;
          if (takeBack || bumpDue(lease.now(), view, entry, last)) {
            due.put(entry, last);
          }
        });
    if (due.isEmpty()) {
      return Map.of();
    }
    Optional<Fees> current = market.now();
    if (current.isEmpty()) {
      return Map.of();
    }
    List<Hash256> hashes =
        due.entrySet().stream()
            .filter(e -> !e.getKey().cancelled() && e.getValue().kind() == Kind.CALL)
            .map(e -> e.getValue().transaction())
            .toList();
    Map<Hash256, SignedTransaction> bytes =
        store.requiresNew("reading stored bytes", c -> rows.bytes(c, hashes));
    Map<Entry, Made> made = new HashMap<>();
    due.forEach(
        (entry, last) ->
            last.fees()
                .bumped(settings.bump(), current.get(), settings.feeCeiling())
                .flatMap(fees -> made(entry, last, bytes, fees))
                .ifPresent(signed -> made.put(entry, signed)));
    leases.fenced(
        lease,
        "storing bytes with higher fees",
        c -> {
          for (Map.Entry<Entry, Made> each : made.entrySet()) {
            Entry entry = each.getKey();
            Kind kind = cancels(entry, attempt(newest, entry)) ? Kind.CANCEL : Kind.CALL;
            rows.attempt(c, entry.key(), entry.nonce(), kind, each.getValue());
            rows.newest(c, entry.key(), each.getValue().signed().hash());
          }
          return true;
        });
    counters.bumps.addAndGet(made.size());
    return made;
  }

  private static boolean cancels(Entry entry, Attempt last) {
    return entry.cancelled() || last.kind() == Kind.CANCEL;
  }

  private Optional<Made> made(
      Entry entry, Attempt last, Map<Hash256, SignedTransaction> bytes, Fees fees) {
    if (cancels(entry, last)) {
      return Optional.of(new Made(signing.cancel(entry.nonce(), fees), fees));
    }
    @Nullable SignedTransaction raw = bytes.get(last.transaction());
    return raw == null
        ? Optional.empty()
        : Optional.of(
            new Made(
                signing.again(raw, entry.nonce(), fees, signing.opened(raw).gasLimit()), fees));
  }

  /**
   * Only what stands first in line, for the rest waits behind it, and what could not be in a block
   * now at any place in the line. By the database's clock; one that was set back ends the wait.
   */
  private boolean bumpDue(Instant now, View view, Entry entry, Attempt last) {
    if (entry.state() != State.SENT || !told.ever(entry.key())) {
      return false;
    }
    boolean first = entry.nonce() == view.nextNonce();
    boolean tooCheap = last.fees().maxFeePerGas().compareTo(view.unsafe().baseFee()) < 0;
    Instant since = entry.since().isAfter(last.storedAt()) ? entry.since() : last.storedAt();
    Duration waited = Duration.between(since, now).abs();
    return (first || tooCheap) && waited.compareTo(settings.bumpAfter()) >= 0;
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
      Broadcast outcome = chain.broadcast(raw);
      told.tell(entry.key(), hash);
      (before ? counters.rebroadcasts : counters.broadcasts).incrementAndGet();
      Optional<String> detail = detail(outcome, entry, raw, signed == null, view);
      State state =
          outcome == Broadcast.ACCEPTED || outcome == Broadcast.UNDERPRICED
              ? State.SENT
              : entry.state();
      changes.add(new Change(entry, state, hash, Optional.empty(), detail));
      if (outcome == Broadcast.FUNDS) {
        // what waits behind it costs something too
        return detail;
      }
    }
    return Optional.empty();
  }

  private Optional<String> detail(
      Broadcast outcome, Entry entry, SignedTransaction raw, boolean notRaised, View view) {
    return switch (outcome) {
      case ACCEPTED ->
          notRaised && entry.state() == State.SENT && entry.nonce() == view.nextNonce()
              ? ceiling(view)
              : Optional.empty();
      case NONCE_USED -> entry.detail();
      case UNDERPRICED ->
          Optional.of("another transaction of nonce " + entry.nonce() + " waits and pays more");
      case FUNDS -> Optional.of(funds(raw));
      case UNKNOWN -> Optional.of("no node said that it took it");
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
        + " wei and "
        + signing.address()
        + " has "
        + has
        + ": send it some";
  }
}
