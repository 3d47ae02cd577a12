package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.rollup.outbox.OutboxRows.Made;
import io.openledger.runtime.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs a message for another nonce: the one place where that is done, and only for messages of
 * which it is certain that their former bytes have no effect and never will: their nonce was lost
 * to somebody else, which {@link Missing} has proved, or they were reverted or cancelled in a
 * finalized block and an administrator wants another try. And for messages that stand ({@link
 * Entry#unproven}), if an administrator wants it who was told what that risks. One thread at a
 * time.
 *
 * <p>It is long because what must hold before a message is signed anew stands here in one place.
 */
final class Mover {

  private static final System.Logger LOG = System.getLogger(Mover.class.getName());

  /** How often a message is signed before others have to wait until it is. */
  private static final int SIGNED_EARLY = 3;

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Nonces nonces;
  private final Leases leases;
  private final Signing signing;
  private final Market market;
  private final Told told;
  private final Counters counters;
  private final GasRule gasRule;
  private Optional<String> trouble = Optional.empty();

  Mover(
      ChainClient chain,
      Store store,
      OutboxRows rows,
      Nonces nonces,
      Leases leases,
      Signing signing,
      Market market,
      Told told,
      Counters counters,
      GasRule gasRule) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.nonces = nonces;
    this.leases = leases;
    this.signing = signing;
    this.market = market;
    this.told = told;
    this.counters = counters;
    this.gasRule = gasRule;
  }

  /** Why the last turn could not sign a single message for another nonce, in words. */
  Optional<String> trouble() {
    return trouble;
  }

  /** Goes past nonces that were used up from outside, so that no new message is stored for one. */
  void pass(Lease lease, View view) {
    if (store.requiresNew("reading the next nonce", nonces::read) >= view.finalNonce()) {
      return;
    }
    long from =
        leases.fenced(
            lease,
            "passing nonces that were used from outside",
            c -> {
              long next = nonces.lock(c);
              if (next < view.finalNonce()) {
                nonces.next(c, view.finalNonce());
              }
              return next;
            });
    if (from < view.finalNonce()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "nonces {0,number,#} to {1,number,#} of {2} were used by transactions that this database"
              + " does not know. If nobody is to use this key elsewhere, it is known to others, or"
              + " the database was restored from an older backup: then what is stored again under"
              + " business keys that it has forgotten is paid again",
          from,
          view.finalNonce() - 1,
          signing.address());
    }
  }

  /**
   * Signs what is to be signed for another nonce, as far as time allows. What cannot be signed now
   * holds up no other message.
   *
   * @param found what the follower has found in the same turn
   */
  void move(Lease lease, View view, Turn found) {
    trouble = Optional.empty();
    View part = view.again();
    for (Entry entry : found.dead) {
      alone(part, entry, () -> moveDead(lease, view, entry));
    }
    for (Entry entry : store.requiresNew("reading what is to be tried again", rows::toRetry)) {
      alone(part, entry, () -> retry(lease, view, entry, found));
    }
  }

  private void alone(View part, Entry entry, Runnable work) {
    if (!part.timeIsLeft()) {
      return; // the next turn sees the same
    }
    try {
      work.run();
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.LEDGER_UNAVAILABLE) {
        throw e;
      }
      trouble =
          trouble.or(
              () ->
                  Optional.of(
                      "message " + entry.key() + " cannot be signed anew now: " + e.arrived()));
    }
  }

  private void moveDead(Lease lease, View view, Entry entry) {
    if (entry.cancelled() || entry.filler()) {
      String why = "nonce " + entry.nonce() + " was used from outside";
      // as the follower has just written it
      boolean cancelled =
          leases.fenced(
              lease,
              "cancelling a message",
              c -> {
                // not if another try is wanted meanwhile: whoever wants it was told that it is made
                Optional<Entry> now =
                    rows.find(c, entry.key())
                        .filter(e -> e.nonce() == entry.nonce())
                        .filter(e -> e.cancelled() || e.filler());
                if (now.isPresent()) {
                  rows.write(
                      c, List.of(Change.waiting(now.get(), State.CANCELLED, Optional.of(why))));
                }
                return now.isPresent();
              });
      if (cancelled) {
        counters.cancelled.incrementAndGet();
      }
      return;
    }
    SignedTransaction raw =
        last(entry)
            .orElseThrow(
                () ->
                    OpenLedgerException.invalid(
                        "what is stored of a message whose nonce was used from outside",
                        "damaged or missing",
                        "its signed bytes: restore the database from a backup"));
    move(
        lease,
        view,
        entry,
        raw,
        signing.opened(raw).gasLimit(),
        "nonce " + entry.nonce() + " was used from outside; signed for another");
  }

  /** One that an administrator wants tried again. */
  private void retry(Lease lease, View view, Entry entry, Turn found) {
    if (!entry.state().settled() && !entry.unproven()) {
      told.forget(entry.key());
      leases.fenced(
          lease,
          "trying again",
          c -> {
            rows.forgetWish(c, entry.key());
            return true;
          });
      return;
    }
    // one that stands may have been paid. An administrator who was told so wants it signed anew;
    // but not if it is shown by now
    if (entry.unproven() && !found.standing.contains(entry.key())) {
      String why = found.left.getOrDefault(entry.key(), "it is looked at once more before");
      trouble =
          trouble.or(() -> Optional.of("another try of message " + entry.key() + " waits: " + why));
      return;
    }
    if (entry.unproven()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "an administrator wants message {0} signed for another nonce, although it is not known"
              + " what used its nonce {1,number,#}: if that was this message, it is paid twice",
          entry.key(),
          entry.nonce());
    }
    Optional<SignedTransaction> raw = last(entry);
    if (raw.isEmpty() || entry.state() == State.FINALIZED) {
      refuse(lease, entry, "cannot be tried again: its bytes are not kept");
      return;
    }
    Eip1559Transaction tx = signing.opened(raw.get());
    long gas;
    try {
      gas =
          gasRule.limit(
              chain.estimateGas(
                  new Call(Optional.of(signing.address()), tx.to(), tx.value(), tx.data())),
              tx.data());
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      refuse(lease, entry, "would be refused again: " + e.arrived());
      return;
    }
    move(lease, view, entry, raw.get(), gas, "tried again after " + entry.state());
  }

  private void refuse(Lease lease, Entry entry, String why) {
    leases.fenced(
        lease,
        "refusing another try",
        c -> {
          rows.refuseRetry(c, entry.key(), why);
          return true;
        });
  }

  /** The bytes of the last call that was signed for a message. */
  private Optional<SignedTransaction> last(Entry entry) {
    return store.requiresNew(
        "reading stored bytes",
        c -> {
          List<Attempt> calls =
              rows.attempts(c, List.of(entry.key())).getOrDefault(entry.key(), List.of()).stream()
                  .filter(a -> a.kind() == Kind.CALL)
                  .toList();
          if (calls.isEmpty()) {
            return Optional.<SignedTransaction>empty();
          }
          Hash256 hash = calls.get(calls.size() - 1).transaction();
          Map<Hash256, SignedTransaction> bytes = rows.bytes(c, List.of(hash));
          @Nullable SignedTransaction raw = bytes.get(hash);
          return Optional.ofNullable(raw);
        });
  }

  private void move(
      Lease lease, View view, Entry entry, SignedTransaction raw, long gas, String why) {
    if (signing.remote()) {
      signing.requireAnswering();
    }
    Fees fees = market.offer();
    Optional<Boolean> moved = Optional.empty();
    for (int tried = 0; moved.isEmpty(); tried++) {
      boolean mayGiveUp = tried < SIGNED_EARLY;
      long guess = next(view, store.requiresNew("reading the next nonce", nonces::read));
      // whoever signs far away may take long: not while all wait who want to store
      SignedTransaction early = signing.again(raw, guess, fees, gas);
      moved =
          leases.fenced(
              lease,
              "signing a message for another nonce",
              c -> {
                long nonce = next(view, nonces.lock(c));
                if (nonce != guess && mayGiveUp) {
                  return Optional.empty();
                }
                SignedTransaction signed =
                    nonce == guess ? early : signing.again(raw, nonce, fees, gas);
                Optional<Entry> now =
                    rows.find(c, entry.key()).filter(e -> e.nonce() == entry.nonce());
                // not if it is taken back meanwhile: whoever did so was told that it is
                if (now.isEmpty() || !rows.move(c, now.get(), nonce, new Made(signed, fees), why)) {
                  return Optional.of(false);
                }
                nonces.next(c, nonce + 1);
                return Optional.of(true);
              });
    }
    if (moved.get()) {
      told.forget(entry.key());
      counters.moved.incrementAndGet();
    }
  }

  private static long next(View view, long counted) {
    return Math.max(counted, view.finalNonce());
  }
}
