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
 */
final class Mover {

  private static final System.Logger LOG = System.getLogger(Mover.class.getName());

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

  /** Goes past nonces that were used up from outside, so that no new message is stored for one. */
  void pass(Lease lease, View view) {
    if (store.requiresNew("reading the next nonce", nonces::read) >= view.finalNonce()) {
      return;
    }
    leases.fenced(
        lease,
        "passing nonces that were used from outside",
        c -> {
          if (nonces.lock(c) < view.finalNonce()) {
            nonces.next(c, view.finalNonce());
          }
          return true;
        });
  }

  /** Messages whose nonce somebody else has for good. */
  void moveDead(Lease lease, View view, List<Entry> dead) {
    for (Entry entry : dead) {
      if (entry.cancelled() || entry.filler()) {
        String why = "nonce " + entry.nonce() + " was used from outside";
        // as the follower has just written it
        leases.fenced(
            lease,
            "cancelling a message",
            c -> {
              Optional<Entry> now =
                  rows.find(c, entry.key()).filter(e -> e.nonce() == entry.nonce());
              if (now.isPresent()) {
                rows.write(
                    c, List.of(Change.waiting(now.get(), State.CANCELLED, Optional.of(why))));
              }
              return true;
            });
        counters.cancelled.incrementAndGet();
      } else {
        last(entry)
            .ifPresent(
                raw ->
                    move(
                        lease,
                        view,
                        entry,
                        raw,
                        signing.opened(raw).gasLimit(),
                        "nonce " + entry.nonce() + " was used from outside; signed for another"));
      }
    }
  }

  /** Messages that an administrator wants tried again. */
  void retry(Lease lease, View view) {
    for (Entry entry : store.requiresNew("reading what is to be tried again", rows::toRetry)) {
      // one that stands may have been paid: an administrator who was told so wants it signed anew
      if (!entry.state().settled() && !entry.unproven()) {
        told.forget(entry.key());
        leases.fenced(
            lease,
            "trying again",
            c -> {
              rows.forgetWish(c, entry.key());
              return true;
            });
        continue;
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
        continue;
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
        continue;
      }
      move(lease, view, entry, raw.get(), gas, "tried again after " + entry.state());
    }
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
    Fees fees = market.offer();
    boolean moved =
        leases.fenced(
            lease,
            "signing a message for another nonce",
            c -> {
              long nonce = Math.max(nonces.lock(c), view.finalNonce());
              Optional<Entry> now = rows.find(c, entry.key());
              if (now.isEmpty()
                  || now.get().nonce() != entry.nonce()
                  || now.get().cancelled() != entry.cancelled()) {
                return false;
              }
              nonces.next(c, nonce + 1);
              rows.move(
                  c, now.get(), nonce, new Made(signing.again(raw, nonce, fees, gas), fees), why);
              return true;
            });
    if (moved) {
      told.forget(entry.key());
      counters.moved.incrementAndGet();
    }
  }
}
