package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.rollup.outbox.OutboxRows.Made;
import io.openledger.runtime.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Offers more for what waits, and takes back what an administrator wants taken back: signs at the
 * message's own nonce, and stores. One thread at a time.
 */
final class Raises {

  /**
   * How often more is offered for a message that no node takes, while that is not known to be what
   * is wrong: with 15 % each, 2.3 times as much. The first raise offers what the market asks for.
   */
  static final int BLIND = 6;

  private final Store store;
  private final OutboxRows rows;
  private final Leases leases;
  private final Signing signing;
  private final Market market;
  private final Told told;
  private final Counters counters;
  private final OutboxSettings settings;
  private Optional<String> trouble = Optional.empty();

  Raises(
      Store store,
      OutboxRows rows,
      Leases leases,
      Signing signing,
      Market market,
      Told told,
      Counters counters,
      OutboxSettings settings) {
    this.store = store;
    this.rows = rows;
    this.leases = leases;
    this.signing = signing;
    this.market = market;
    this.told = told;
    this.counters = counters;
    this.settings = settings;
  }

  /** Why the last turn did not sign what was due, in words. */
  Optional<String> trouble() {
    return trouble;
  }

  /**
   * Signs what is due, as far as time allows, and stores it.
   *
   * @param newest what was signed last for each message that waits, in the order of nonces
   */
  Map<Entry, Made> sign(Lease lease, View view, Map<Entry, Attempt> newest) {
    trouble = Optional.empty();
    Map<Entry, Attempt> due = new LinkedHashMap<>();
    newest.forEach(
        (entry, last) -> {
          if (takesBack(entry, last) || due(lease.now(), view, entry, last)) {
            due.put(entry, last);
          }
        });
    Optional<Fees> current = due.isEmpty() ? Optional.empty() : market.now();
    if (current.isEmpty()) {
      due.keySet().stream()
          .findFirst()
          .filter(first -> settings.feeCeiling().compareTo(view.unsafe().baseFee()) < 0)
          .ifPresent(this::atCeiling);
      // but what is to be taken back: its call may be in a pool, and the first to get in counts
      due.entrySet().removeIf(each -> !takesBack(each.getKey(), each.getValue()));
    }
    if (due.isEmpty()) {
      return Map.of();
    }
    Map<Entry, Made> made = signed(view.again(), due, current);
    if (!made.isEmpty()) {
      leases.fenced(
          lease,
          "storing bytes with higher fees",
          c -> {
            for (Map.Entry<Entry, Made> each : made.entrySet()) {
              Entry entry = each.getKey();
              Attempt last = Objects.requireNonNull(due.get(entry));
              Kind kind = cancels(entry, last) ? Kind.CANCEL : Kind.CALL;
              rows.attempt(c, entry.key(), entry.nonce(), kind, each.getValue());
              rows.newest(c, entry.key(), each.getValue().signed().hash());
            }
            return true;
          });
      counters.bumps.addAndGet(made.size());
    }
    return made;
  }

  private Map<Entry, Made> signed(View view, Map<Entry, Attempt> due, Optional<Fees> current) {
    List<Hash256> calls =
        due.entrySet().stream()
            .filter(e -> !cancels(e.getKey(), e.getValue()))
            .map(e -> e.getValue().transaction())
            .toList();
    Map<Hash256, SignedTransaction> bytes =
        store.requiresNew("reading stored bytes", c -> rows.bytes(c, calls));
    Map<Entry, Made> made = new LinkedHashMap<>();
    for (Map.Entry<Entry, Attempt> each : due.entrySet()) {
      // a signer far away may be slow, and the rest is due in the next turn too
      if (!view.timeIsLeft()) {
        break;
      }
      Entry entry = each.getKey();
      Attempt last = each.getValue();
      Optional<Fees> fees =
          last.fees().bumped(settings.bump(), current.orElse(last.fees()), settings.feeCeiling());
      if (fees.isEmpty() && takesBack(entry, last)) {
        // nodes that do not have the message take this instead of it for as much
        fees = Optional.of(last.fees());
      }
      if (fees.isEmpty() && trouble.isEmpty()) {
        atCeiling(entry);
      }
      try {
        fees.flatMap(f -> made(entry, last, bytes, f)).ifPresent(signed -> made.put(entry, signed));
      } catch (OpenLedgerException e) {
        if (e.code() != ErrorCode.SIGNING_KEY) {
          throw e;
        }
        // what is signed can be told all the same
        trouble = Optional.ofNullable(e.getMessage());
        break;
      }
    }
    return made;
  }

  private void atCeiling(Entry entry) {
    trouble =
        Optional.of(
            "message "
                + entry.key()
                + " with nonce "
                + entry.nonce()
                + " is in no block, and more than the ceiling, "
                + settings.feeCeiling()
                + " wei for a unit of gas, is not offered: raise the ceiling or wait");
  }

  /** Whether it is to be taken back, and nothing is signed yet that does so. */
  static boolean takesBack(Entry entry, Attempt last) {
    return entry.cancelled() && last.kind() == Kind.CALL;
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
   * now at any place in the line. A message that no node says it took is among them, whatever its
   * node said, for the fees may be what is wrong; not one that cannot be paid for as it is. By the
   * database's clock; one that was set back ends the wait.
   */
  private boolean due(Instant now, View view, Entry entry, Attempt last) {
    if (!told.ever(entry.key())) {
      return false;
    }
    boolean first = entry.nonce() == view.nextNonce();
    boolean tooCheap = last.fees().maxFeePerGas().compareTo(view.unsafe().baseFee()) < 0;
    boolean mayHelp = tooCheap || told.raised(entry.key()) < BLIND;
    boolean may = entry.state() == State.SENT || (told.refused(entry.key()) > 0 && mayHelp);
    Instant since = entry.since().isAfter(last.storedAt()) ? entry.since() : last.storedAt();
    Duration waited = Duration.between(since, now).abs();
    Duration wait = settings.bumpAfter().multipliedBy(told.patience(entry.key()));
    return may && (first || tooCheap) && waited.compareTo(wait) >= 0;
  }
}
