package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Entry.Place;
import io.openledger.rollup.outbox.NonceSearch.Outcome;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.store.Store;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is to be thought of a message of which no endpoint shows a receipt.
 *
 * <p>Its nonce may have been used from outside, and then it may be signed for another; but it may
 * as well have been paid, where nodes have forgotten the receipt, or where the database was
 * restored from a backup that does not know the bytes that were paid. So it is given up at its
 * nonce only if the transaction that used the nonce is found in a final block and does something
 * else, seen so twice, {@code deadAfter} apart, and if what the key has sent with later nonces, and
 * this database does not know of, is not this message either, nor what it has sent with nonces of
 * other messages that are missing. Without that proof it stands, nothing is sent for it, and an
 * administrator is told. One thread at a time.
 *
 * <p>Earlier nonces that this database has no message for are not looked at: which of them {@link
 * Mover#pass} went past is not kept, and to look at all would take the key's whole life. A database
 * that was restored from an older backup, and went past the nonce of a payment that it has
 * forgotten, pays that again if the application stores it again, whichever nonce it gets then; that
 * nonces were passed, and what it may mean, is logged when it is done.
 *
 * <p>It is long for the words in which it tells an administrator what is known.
 */
final class Missing {

  /** Transactions that the database does not know of and that are looked at, for one message. */
  private static final int MOST_UNKNOWN = 64;

  /** Messages whose nonces are used up and that are looked at together: all are remembered. */
  private static final int MOST_LOST = NonceSearch.REMEMBERED / 2;

  private static final int MOST_SUSPECTS = 100_000;

  /** A message whose nonce is used up, and since when it has been seen so. */
  private record Suspect(long nonce, long since) {}

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Verdicts verdicts;
  private final NonceSearch search;
  private final long deadAfter;
  private final Map<String, Suspect> suspects = new HashMap<>();

  Missing(
      ChainClient chain,
      Store store,
      OutboxRows rows,
      Verdicts verdicts,
      NonceSearch search,
      long deadAfter) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.verdicts = verdicts;
    this.search = search;
    this.deadAfter = deadAfter;
  }

  void clear() {
    suspects.clear();
    search.clear();
  }

  void found(String key) {
    suspects.remove(key);
  }

  /**
   * Looks at one, and adds what comes of it to the turn.
   *
   * @param attempts all that was signed for it
   */
  void look(Turn turn, Entry entry, List<Attempt> attempts) {
    Optional<Place> place = entry.place();
    if (place.isPresent() && turn.canonical(place.get())) {
      suspects.remove(entry.key());
      included(turn, entry, entry.transaction(), place.get(), attempts);
    } else if (entry.nonce() < turn.view.finalNonce()) {
      usedUp(turn, entry);
    } else {
      suspects.remove(entry.key());
      if (entry.place().isPresent()) {
        turn.changes.add(takenBack(entry));
      } else if (entry.nonce() < turn.view.nextNonce()) {
        turn.changes.add(
            Change.waiting(
                entry,
                entry.state(),
                Optional.of("another transaction has nonce " + entry.nonce() + " for now")));
      } else if (entry.unproven()) {
        turn.changes.add(Change.waiting(entry, State.SENT, Optional.empty()));
      }
    }
  }

  static Change takenBack(Entry entry) {
    return Change.waiting(entry, State.SENT, Optional.of("its block is not the chain's any more"));
  }

  private void usedUp(Turn turn, Entry entry) {
    long now = turn.view.nanoTime().getAsLong();
    if (suspects.size() > MOST_SUSPECTS) {
      suspects.clear(); // of many that have been given up since; the others are seen again
    }
    @Nullable Suspect before = suspects.get(entry.key());
    if (before == null || before.nonce() != entry.nonce()) {
      suspects.put(entry.key(), new Suspect(entry.nonce(), now));
    }
    if (before == null || before.nonce() != entry.nonce() || now - before.since() < deadAfter) {
      if (!entry.unproven()) {
        turn.changes.add(
            Change.waiting(
                entry,
                entry.place().isPresent() ? State.SENT : entry.state(),
                Optional.of(
                    "nonce "
                        + entry.nonce()
                        + ", it seems, was used from outside, in a finalized block")));
      }
      return;
    }
    if (entry.filler()) {
      // it is there for the nonce alone, and pays nobody
      turn.dead.add(entry);
      return;
    }
    turn.ripe.add(entry);
  }

  /**
   * Finds out what used up the nonce of one that is {@link Turn#ripe}, when all others have been
   * looked at, and adds what comes of it to the turn.
   *
   * @param attempts all that was signed for it
   */
  void prove(Turn turn, Entry entry, List<Attempt> attempts) {
    Optional<Outcome.Found> ours = Optional.empty();
    Outcome outcome = new Outcome.Searching();
    try {
      Outcome user = find(entry.nonce(), turn);
      if (user instanceof Outcome.Found found) {
        ours = Optional.of(found).filter(f -> kind(entry, f, attempts).isPresent());
        outcome = ours.isPresent() ? found : elsewhere(turn, entry);
      } else {
        outcome = user;
      }
    } finally {
      // in vain so far, or endpoints contradict each other: an administrator need not wait for it
      if (entry.unproven() && !(outcome instanceof Outcome.Found)) {
        turn.standing.add(entry.key());
      }
    }
    if (ours.isPresent()) {
      settle(turn, entry, ours.get(), attempts);
    } else if (outcome instanceof Outcome.Found) {
      // it is kept among the suspects: what cannot be signed anew now is told in each turn
      turn.dead.add(entry);
    } else if (outcome instanceof Outcome.Nothing nothing) {
      turn.stands(unproven(entry, nothing.why()));
    }
    if (!(outcome instanceof Outcome.Searching)) {
      turn.proven.add(entry.key());
    }
  }

  /** Its nonce was used by itself. */
  private void settle(Turn turn, Entry entry, Outcome.Found found, List<Attempt> attempts) {
    suspects.remove(entry.key());
    Kind kind = kind(entry, found, attempts).orElseThrow();
    Optional<TransactionReceipt> receipt =
        chain.receipt(found.transaction()).filter(r -> r.blockHash().equals(found.place().hash()));
    if (receipt.isPresent()) {
      turn.changes.add(verdicts.of(turn.view, entry, receipt.get(), kind));
    } else {
      included(turn, entry, found.transaction(), found.place(), attempts);
    }
  }

  private Outcome find(long nonce, Turn turn) {
    return search.find(
        nonce,
        () -> store.requiresNew("reading final blocks", c -> rows.settledBlock(c, nonce)),
        turn.view);
  }

  /** Of our bytes, or of bytes that do the same and that this database does not know. */
  private static Optional<Kind> kind(Entry entry, Outcome.Found sent, List<Attempt> attempts) {
    Optional<Kind> known =
        attempts.stream()
            .filter(a -> a.transaction().equals(sent.transaction()))
            .map(Attempt::kind)
            .findFirst();
    return known.or(() -> same(entry, sent) ? Optional.of(Kind.CALL) : Optional.empty());
  }

  private static boolean same(Entry entry, Outcome.Found sent) {
    return sent.content().equals(Optional.of(entry.content()));
  }

  /**
   * Whether nothing that the key has sent, and that this database does not know of, is this
   * message. A database that was restored from a backup may not know for which nonce it was signed
   * last; and where the application does its work again, it may give a message the nonce at which
   * another one was paid. So all later nonces are looked at for which nothing was ever signed here,
   * and all nonces, earlier and later, of messages whose own bytes nobody shows.
   */
  private Outcome elsewhere(Turn turn, Entry entry) {
    if (!turn.blocksKnown) {
      return new Outcome.Searching();
    }
    long from = entry.nonce() + 1;
    long below = turn.view.nextNonce();
    Set<Long> unknown = new TreeSet<>();
    List<Long> others =
        store.requiresNew(
            "looking for nonces that are not known",
            c -> {
              unknown.addAll(rows.unknown(c, from, below, MOST_UNKNOWN + 1));
              return rows.placeless(c, below, entry.nonce());
            });
    if (others.size() > MOST_LOST) {
      return new Outcome.Nothing(
          "more than " + MOST_LOST + " messages have nonces that are used up, and no receipt");
    }
    long settled = unknown.stream().filter(nonce -> nonce < turn.view.finalNonce()).count();
    Set<Long> placed = turn.placed();
    others.stream().filter(nonce -> !placed.contains(nonce)).forEach(unknown::add);
    if (settled > MOST_UNKNOWN) {
      return new Outcome.Nothing(
          "more than "
              + MOST_UNKNOWN
              + " other transactions of the key are not of this database: was it restored from an"
              + " older backup?");
    }
    for (Outcome.Found known : search.all()) {
      if (known.nonce() != entry.nonce() && pays(entry, known)) {
        return sameElsewhere(known);
      }
    }
    if (unknown.stream().anyMatch(nonce -> nonce >= turn.view.finalNonce())) {
      return new Outcome.Searching(); // it is not final what is there
    }
    Outcome outcome = find(entry.nonce(), turn);
    for (long nonce : unknown) {
      Outcome other = find(nonce, turn);
      if (!(other instanceof Outcome.Found found)) {
        return other;
      }
      if (pays(entry, found)) {
        return sameElsewhere(found);
      }
    }
    return outcome;
  }

  /** Whether it does the same, and is not what was signed here for another message. */
  private boolean pays(Entry entry, Outcome.Found found) {
    return same(entry, found)
        && store
            .requiresNew("looking whose bytes these are", c -> rows.keyOf(c, found.transaction()))
            .filter(key -> !key.equals(entry.key()))
            .isEmpty();
  }

  private static Outcome sameElsewhere(Outcome.Found found) {
    return new Outcome.Nothing(
        "another transaction does the same, 0x"
            + found.transaction().hex()
            + " in block "
            + found.place().number());
  }

  private static void included(
      Turn turn, Entry entry, Hash256 transaction, Place place, List<Attempt> attempts) {
    Change change = change(turn, entry, transaction, place, attempts);
    if (change.unproven()) {
      turn.stands(change);
    } else {
      turn.changes.add(change);
    }
  }

  /** In a block of the chain, with nobody who shows the receipt. */
  private static Change change(
      Turn turn, Entry entry, Hash256 transaction, Place place, List<Attempt> attempts) {
    boolean cancel =
        attempts.stream()
            .anyMatch(a -> a.transaction().equals(transaction) && a.kind() == Kind.CANCEL);
    if (!turn.isFinal(place)) {
      return new Change(
          entry,
          entry.state(),
          transaction,
          Optional.of(place),
          Optional.of("in block " + place.number() + ", and no endpoint shows its receipt"));
    }
    if (cancel) {
      // what does nothing cannot fail to
      return new Change(
          entry,
          Verdicts.cancelled(entry),
          transaction,
          Optional.of(place),
          Optional.of("taken back"));
    }
    return new Change(
        entry,
        State.SAFE,
        transaction,
        Optional.of(place),
        Optional.of(
            "in the final block "
                + place.number()
                + ", and no endpoint shows its receipt: whether it had its effect is not known. "
                + WHAT_TO_DO),
        true);
  }

  private static final String WHAT_TO_DO =
      "Nothing is sent again by itself. Add an endpoint that keeps old blocks and receipts, or find"
          + " out elsewhere; if it was paid, name its transaction and block. To try again signs it for"
          + " another nonce, and PAYS A SECOND TIME if it was paid";

  private static Change unproven(Entry entry, String why) {
    return new Change(
        entry,
        entry.place().isPresent() ? State.SENT : entry.state(),
        entry.transaction(),
        Optional.empty(),
        Optional.of(
            "nonce "
                + entry.nonce()
                + " is used up in a finalized block, and it is not known by what ("
                + why
                + "): it may have been paid. "
                + WHAT_TO_DO),
        true);
  }
}
