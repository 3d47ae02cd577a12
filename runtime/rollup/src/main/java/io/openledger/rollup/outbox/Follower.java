package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.SignedTransaction;
import io.openledger.rollup.outbox.Attempt.Kind;
import io.openledger.rollup.outbox.Entry.Place;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.rollup.outbox.OutboxMessage.State;
import io.openledger.runtime.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of what was sent. One thread at a time.
 *
 * <p>A turn costs one call while the chain only grows and nothing of ours is in the new blocks, and
 * a receipt for each message that enters a block and one more when the block is final. What is
 * settled is settled by a receipt that was asked for after the block was known to be final,
 * whatever was believed before.
 *
 * <p>A message is given up at its nonce, and so may be signed for another, only if the nonce is
 * used up in a finalized block and no hash that was ever signed for it there has a receipt, both
 * seen again after {@code deadAfter}. Anything less could pay twice.
 */
final class Follower {

  /** Receipts asked for in one turn, of each sort. */
  private static final int AT_ONCE = 500;

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Leases leases;
  private final Signing signing;
  private final Told told;
  private final Counters counters;
  private final long deadAfter;

  /**
   * A block of the chain up to which every block that holds a message has been compared: while it
   * is the chain's, so are they.
   */
  private @Nullable Place verified;

  private final Map<String, Long> suspects = new HashMap<>();

  Follower(
      ChainClient chain,
      Store store,
      OutboxRows rows,
      Leases leases,
      Signing signing,
      Told told,
      Counters counters,
      long deadAfter) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.leases = leases;
    this.signing = signing;
    this.told = told;
    this.counters = counters;
    this.deadAfter = deadAfter;
  }

  /** Forgets what another holder of the lease may have changed. */
  void clear() {
    verified = null;
    suspects.clear();
  }

  /** What a turn found. */
  private final class Turn {
    /** Asked for with the time of what is read from the database left out. */
    View view;

    final Map<Long, Optional<Hash256>> blocks = new HashMap<>();
    final List<Change> changes = new ArrayList<>();
    final List<Entry> dead = new ArrayList<>();
    @Nullable OpenLedgerException trouble;

    /** What will be {@link #verified} if all that was found to have changed is looked at. */
    @Nullable Place compared;

    Turn(View view) {
      this.view = view;
    }

    boolean canonical(Place place) {
      return blocks
          .computeIfAbsent(place.number(), n -> chain.block(n).map(BlockHeader::hash))
          .equals(Optional.of(place.hash()));
    }

    boolean goesOn() {
      return trouble == null && view.timeIsLeft();
    }
  }

  /**
   * Looks at everything that may have changed, and writes it.
   *
   * @return messages whose nonce is lost to somebody else
   * @throws OpenLedgerException what the chain's client throws; what was found before is written
   */
  List<Entry> follow(Lease lease, View view) {
    Turn turn = new Turn(view);
    boolean whole = true;
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Place> lost = lost(turn);
    Map<String, List<Attempt>> attempts =
        store.requiresNew(
            "reading what is on the chain",
            c -> {
              for (Place place : lost) {
                rows.in(c, place).forEach(e -> entries.put(e.key(), e));
              }
              rows.upTo(c, view.finalized().number(), AT_ONCE)
                  .forEach(e -> entries.put(e.key(), e));
              rows.waiting(c, 0, view.nextNonce(), AT_ONCE).forEach(e -> entries.put(e.key(), e));
              return rows.attempts(c, List.copyOf(entries.keySet()));
            });
    turn.view = view.again();
    for (Entry entry : entries.values()) {
      if (!turn.goesOn()) {
        whole = false;
        break;
      }
      try {
        look(turn, entry, attempts.getOrDefault(entry.key(), List.of()));
      } catch (OpenLedgerException e) {
        turn.trouble = e;
        whole = false;
      }
    }
    write(lease, turn, whole);
    suspects.keySet().retainAll(entries.keySet());
    if (turn.trouble != null) {
      throw turn.trouble;
    }
    return turn.dead;
  }

  /**
   * The blocks that messages were in and that are no longer the chain's. From the lowest on, as far
   * as time allows: after a takeover there may be as many as the chain makes until one is final.
   */
  private List<Place> lost(Turn turn) {
    @Nullable Place before = verified;
    @Nullable Place from = before != null && turn.canonical(before) ? before : null;
    turn.compared = from;
    List<Place> places =
        store.requiresNew(
            "reading the blocks of messages",
            c -> rows.places(c, from == null ? -1 : from.number()));
    List<Place> lost = new ArrayList<>();
    turn.view = turn.view.again();
    for (Place place : places) {
      if (turn.canonical(place)) {
        turn.compared = place;
      } else {
        lost.add(place);
      }
      if (!turn.view.timeIsLeft()) {
        return lost;
      }
    }
    turn.compared = new Place(turn.view.unsafe().number(), turn.view.unsafe().hash());
    return lost;
  }

  private void look(Turn turn, Entry entry, List<Attempt> attempts) {
    Optional<Attempt> included = Optional.empty();
    Optional<TransactionReceipt> receipt = Optional.empty();
    for (int i = attempts.size() - 1; i >= 0 && receipt.isEmpty(); i--) {
      // what was signed for a former nonce has been given up for good
      if (attempts.get(i).nonce() == entry.nonce()) {
        receipt = chain.receipt(attempts.get(i).transaction());
        included = Optional.of(attempts.get(i));
      }
    }
    if (receipt.isEmpty() || included.isEmpty()) {
      missing(turn, entry);
      return;
    }
    suspects.remove(entry.key());
    TransactionReceipt found = receipt.get();
    Place place = new Place(found.block(), found.blockHash());
    if (!turn.canonical(place)) {
      return; // the chain changes while it is looked at: the next turn sees what comes of it
    }
    Kind kind = included.get().kind();
    State state = state(turn.view, entry, found, kind);
    turn.changes.add(
        new Change(
            entry,
            state,
            found.transaction(),
            Optional.of(place),
            detail(entry, found, kind, state)));
  }

  private static State state(View view, Entry entry, TransactionReceipt receipt, Kind kind) {
    if (receipt.block() <= view.finalized().number()) {
      if (kind == Kind.CANCEL) {
        return entry.filler() ? State.FINALIZED : State.CANCELLED;
      }
      return receipt.succeeded() ? State.FINALIZED : State.REVERTED;
    }
    return receipt.block() <= view.safe().number() ? State.SAFE : State.UNSAFE;
  }

  private Optional<String> detail(Entry entry, TransactionReceipt receipt, Kind kind, State state) {
    if (kind == Kind.CANCEL) {
      return Optional.of(
          entry.filler()
              ? "fills a nonce that nobody had"
              : "taken back" + (state == State.CANCELLED ? "" : ", in a block that is not final"));
    }
    String late = entry.cancelled() ? "was in a block before it could be taken back; " : "";
    if (receipt.succeeded()) {
      return late.isEmpty() ? Optional.empty() : Optional.of(late.replace("; ", ""));
    }
    return Optional.of(
        state == State.REVERTED
            ? late + reason(receipt)
            : late + "reverted in block " + receipt.block() + ", which is not final");
  }

  /** The receipt does not tell; the call is made once more on the state before its block. */
  private String reason(TransactionReceipt receipt) {
    @Nullable SignedTransaction raw =
        store
            .requiresNew("reading stored bytes", c -> rows.bytes(c, List.of(receipt.transaction())))
            .get(receipt.transaction());
    if (raw == null) {
      return "reverted; its bytes are not kept";
    }
    try {
      Eip1559Transaction tx = signing.opened(raw);
      if (receipt.gasUsed() >= tx.gasLimit()) {
        return "reverted: it used all of its " + tx.gasLimit() + " gas";
      }
      chain.call(
          new Call(Optional.of(signing.address()), tx.to(), tx.value(), tx.data()),
          receipt.block() - 1);
      return "reverted, but would not have been at the end of the block before";
    } catch (OpenLedgerException e) {
      return e.code() == ErrorCode.CHAIN_REFUSED
          ? "reverted: " + e.arrived()
          : "reverted; the reason could not be asked for";
    }
  }

  private void missing(Turn turn, Entry entry) {
    Optional<Place> place = entry.place();
    if (place.isPresent() && turn.canonical(place.get())) {
      // it is in a block that is still the chain's: nodes do not keep receipts for ever, and what
      // is not shown any more is not undone
      suspects.remove(entry.key());
      turn.changes.add(
          new Change(
              entry,
              entry.state(),
              entry.transaction(),
              place,
              Optional.of(
                  "in block " + place.get().number() + ", and no endpoint shows its receipt")));
      return;
    }
    if (entry.nonce() < turn.view.finalNonce()) {
      long now = turn.view.nanoTime().getAsLong();
      @Nullable Long since = suspects.putIfAbsent(entry.key(), now);
      if (since != null && now - since >= deadAfter) {
        turn.dead.add(entry);
      }
      turn.changes.add(
          Change.waiting(
              entry,
              entry.place().isPresent() ? State.SENT : entry.state(),
              Optional.of(
                  "nonce " + entry.nonce() + " was used from outside, in a finalized block")));
      return;
    }
    suspects.remove(entry.key());
    if (entry.place().isPresent()) {
      turn.changes.add(
          Change.waiting(entry, State.SENT, Optional.of("its block is not the chain's any more")));
    } else if (entry.nonce() < turn.view.nextNonce()) {
      turn.changes.add(
          Change.waiting(
              entry,
              entry.state(),
              Optional.of("another transaction has nonce " + entry.nonce() + " for now")));
    }
  }

  private void write(Lease lease, Turn turn, boolean whole) {
    List<Change> changes = turn.changes.stream().filter(Change::changes).toList();
    @Nullable Place compared = turn.compared;
    leases.fenced(
        lease,
        "writing what is on the chain",
        c -> {
          rows.write(c, changes);
          if (whole && compared != null) {
            rows.safe(c, Math.min(turn.view.safe().number(), compared.number()));
          }
          return true;
        });
    if (whole) {
      verified = compared;
    }
    changes.forEach(this::count);
  }

  private void count(Change change) {
    switch (change.state()) {
      case FINALIZED -> counters.finalized.incrementAndGet();
      case REVERTED -> counters.reverted.incrementAndGet();
      case CANCELLED -> counters.cancelled.incrementAndGet();
      case SENT -> {
        if (change.entry().place().isPresent()) {
          counters.reorgs.incrementAndGet();
          told.forget(change.entry().key());
        }
      }
      case STORED, UNSAFE, SAFE -> {}
    }
  }
}
