package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.rollup.outbox.Entry.Place;
import io.openledger.rollup.outbox.Leases.Lease;
import io.openledger.runtime.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what became of what was sent. One thread at a time.
 *
 * <p>A turn costs one call while the chain only grows and nothing of ours is in the new blocks, and
 * a receipt for each message that enters a block and one more when the block is final. What is
 * settled is settled by a receipt that was asked for after the block was known to be final,
 * whatever was believed before. What nobody shows a receipt of is {@link Missing}'s. One message
 * about which nodes are silent or contradict each other holds up no other.
 *
 * <p>It is long because what is looked at, left alone and written in a turn depend on each other.
 */
final class Follower {

  /** Receipts asked for in one turn, of each sort. */
  private static final int AT_ONCE = 500;

  /** Messages in a row that nobody answers about: then it is the chain that is away. */
  private static final int AWAY = 2;

  /**
   * How long a message is left alone about which nobody answers, or nodes contradict each other.
   */
  private static final long REST = Duration.ofSeconds(5).toNanos();

  /**
   * How often those that stand are looked at again: somebody may have added an endpoint. Searches
   * that last for longer are told.
   */
  private static final long STANDING = Duration.ofMinutes(1).toNanos();

  /** A message that is left alone. */
  private record Rest(long until, String why) {}

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Leases leases;
  private final Told told;
  private final Counters counters;
  private final NonceWatch watch;
  private final Verdicts verdicts;
  private final Missing missing;
  private final Map<String, Rest> resting = new LinkedHashMap<>();

  /**
   * A block of the chain up to which every block that holds a message has been compared: while it
   * is the chain's, so are they.
   */
  private @Nullable Place verified;

  private @Nullable Long standingAt;
  private long standingFrom = -1;
  private long standing;

  /** Messages whose nonces are used up, of which the last turn has not found out by what. */
  private long searching;

  private @Nullable Long searchingSince;
  private boolean searchesLong;

  Follower(
      ChainClient chain,
      Store store,
      OutboxRows rows,
      Leases leases,
      Signing signing,
      Told told,
      Counters counters,
      NonceWatch watch,
      Identity identity,
      long deadAfter) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.leases = leases;
    this.told = told;
    this.counters = counters;
    this.watch = watch;
    this.verdicts = new Verdicts(chain, store, rows, signing);
    this.missing =
        new Missing(
            chain, store, rows, verdicts, new NonceSearch(chain, identity, watch), deadAfter);
  }

  /** Forgets what another holder of the lease may have changed. */
  void clear() {
    verified = null;
    missing.clear();
    watch.clear();
    resting.clear();
    standingFrom = -1;
    standingAt = null;
    standing = 0;
    searching = 0;
    searchingSince = null;
    searchesLong = false;
  }

  /** What stands in the way of single messages, in words. */
  Optional<String> trouble() {
    List<String> told = new ArrayList<>();
    if (standing > 0) {
      told.add(
          "messages that may have been paid, which no endpoint shows: "
              + standing
              + "; nothing is sent for them: read what the outbox says of each");
    }
    if (searchesLong) {
      told.add(
          "messages whose nonce is used up, and it is being looked for by what: "
              + searching
              + "; nothing is sent for them until it is found");
    }
    if (!told.isEmpty()) {
      return Optional.of(String.join("; ", told));
    }
    return resting.entrySet().stream()
        .findFirst()
        .map(each -> "message " + each.getKey() + ": " + each.getValue().why());
  }

  /**
   * Looks at everything that may have changed, and writes it.
   *
   * @return with the messages whose nonce is lost to somebody else, and those that still stand
   * @throws OpenLedgerException what the chain's client throws; what was found before is written
   */
  Turn follow(Lease lease, View view) {
    Turn turn = new Turn(chain, view);
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<Place> lost = lost(turn);
    Map<String, List<Attempt>> attempts =
        store.requiresNew(
            "reading what is on the chain",
            c -> {
              standing = rows.unproven(c);
              List<Entry> all = new ArrayList<>();
              for (Place place : lost) {
                all.addAll(rows.in(c, place));
              }
              all.addAll(rows.upTo(c, view.finalized().number(), AT_ONCE));
              List<Entry> missed = rows.missing(c, 0, view.nextNonce(), AT_ONCE);
              if (missed.size() == AT_ONCE) {
                // what is sent meanwhile is not to wait until all that is lost is found out
                all.addAll(rows.missing(c, view.finalNonce(), view.nextNonce(), AT_ONCE));
              }
              all.addAll(missed);
              // an administrator decides about what is not shown even now
              rows.toRetry(c).stream().filter(Entry::unproven).forEach(all::add);
              long now = view.nanoTime().getAsLong();
              if (standing > 0
                  && (standingFrom != -1 || standingAt == null || now - standingAt >= STANDING)) {
                List<Entry> some = rows.unproven(c, Math.max(0, standingFrom), AT_ONCE);
                all.addAll(some);
                standingFrom = some.size() < AT_ONCE ? -1 : some.get(some.size() - 1).nonce() + 1;
                standingAt = now;
              }
              all.forEach(e -> entries.put(e.key(), e));
              return rows.attempts(c, List.copyOf(entries.keySet()));
            });
    turn.view = view.again();
    boolean whole =
        each(
            turn,
            List.copyOf(entries.values()),
            false,
            entry -> look(turn, entry, attempts.getOrDefault(entry.key(), List.of())));
    resting.keySet().retainAll(entries.keySet());
    // what is in blocks that were given up is looked at first, and each of it is taken back
    boolean compared = whole || lost.isEmpty();
    turn.blocksKnown &= compared;
    if (!turn.ripe.isEmpty()) {
      prove(lease, turn, attempts);
    }
    write(lease, turn, compared);
    countSearching(turn);
    if (turn.trouble != null) {
      throw turn.trouble;
    }
    return turn;
  }

  private void prove(Lease lease, Turn turn, Map<String, List<Attempt>> attempts) {
    // what was found is kept, and nobody takes over, however long the proofs take
    write(lease, turn, false);
    if (leases.take().filter(l -> !l.fresh()).isEmpty()) {
      throw new Leases.Lost();
    }
    turn.view = turn.view.again();
    each(
        turn,
        List.copyOf(turn.ripe),
        true,
        entry -> missing.prove(turn, entry, attempts.getOrDefault(entry.key(), List.of())));
  }

  /** A search of one turn or two is told nobody. */
  private void countSearching(Turn turn) {
    searching =
        turn.ripe.stream()
            .map(Entry::key)
            .filter(key -> !turn.proven.contains(key) && !resting.containsKey(key))
            .count();
    if (searching == 0) {
      searchingSince = null;
    } else if (searchingSince == null) {
      searchingSince = turn.view.nanoTime().getAsLong();
    }
    searchesLong =
        searchingSince != null && turn.view.nanoTime().getAsLong() - searchingSince >= STANDING;
  }

  /**
   * Whether all were looked at.
   *
   * @param proving whether nothing comes after it for those that are {@link Turn#ripe}
   */
  private boolean each(Turn turn, List<Entry> entries, boolean proving, Consumer<Entry> work) {
    int away = 0;
    for (Entry entry : entries) {
      if (!turn.goesOn()) {
        return false;
      }
      long now = turn.view.nanoTime().getAsLong();
      @Nullable Rest before = resting.get(entry.key());
      if (before != null && now - before.until() < 0) {
        left(turn, entry, before.why());
        continue;
      }
      try {
        work.accept(entry);
        if (!turn.ripe.contains(entry) || proving) {
          resting.remove(entry.key());
        }
        away = 0;
      } catch (OpenLedgerException e) {
        String why = "what became of it: " + e.arrived();
        resting.put(entry.key(), new Rest(now + REST, why));
        // about one that was left alone already, silence is nothing new
        if (e.code() == ErrorCode.CHAIN_UNAVAILABLE && before == null && ++away >= AWAY) {
          turn.trouble = e;
          return false;
        }
        left(turn, entry, why);
      }
    }
    return true;
  }

  /** One that is not looked at any further now; that its block is gone is known all the same. */
  private static void left(Turn turn, Entry entry, String why) {
    turn.left.put(entry.key(), why);
    if (entry.place().isPresent() && !turn.canonical(entry.place().get())) {
      turn.changes.add(Missing.takenBack(entry));
    }
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
    turn.blocksKnown = true;
    return lost;
  }

  private void look(Turn turn, Entry entry, List<Attempt> attempts) {
    @Nullable OpenLedgerException unsure = null;
    for (int i = attempts.size() - 1; i >= 0; i--) {
      Attempt attempt = attempts.get(i);
      // what was signed for a former nonce has been given up for good
      if (attempt.nonce() == entry.nonce()) {
        try {
          Optional<TransactionReceipt> receipt = chain.receipt(attempt.transaction());
          if (receipt.isPresent()) {
            found(turn, entry, attempt, receipt.get());
            return;
          }
        } catch (OpenLedgerException e) {
          if (e.code() != ErrorCode.CHAIN_DISPUTED) {
            throw e;
          }
          unsure = e; // another hash of the same nonce may be beyond dispute
        }
      }
    }
    if (unsure != null) {
      throw unsure;
    }
    missing.look(turn, entry, attempts);
  }

  private void found(Turn turn, Entry entry, Attempt attempt, TransactionReceipt receipt) {
    missing.found(entry.key());
    // else the chain changes while it is looked at: the next turn sees what comes of it
    if (turn.canonical(new Place(receipt.block(), receipt.blockHash()))) {
      turn.changes.add(verdicts.of(turn.view, entry, receipt, attempt.kind()));
    }
  }

  /**
   * Writes what has been found since it was last called.
   *
   * @param known whether it is known of all blocks up to {@link Turn#compared}, and of what was in
   *     them
   */
  private void write(Lease lease, Turn turn, boolean known) {
    List<Change> changes =
        turn.changes.stream().skip(turn.written).filter(Change::changes).toList();
    @Nullable Place compared = turn.compared;
    leases.fenced(
        lease,
        "writing what is on the chain",
        c -> {
          rows.write(c, changes);
          if (known && compared != null) {
            rows.safe(c, Math.min(turn.view.safe().number(), compared.number()));
          }
          standing = rows.unproven(c);
          return true;
        });
    turn.written = turn.changes.size();
    if (known) {
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
