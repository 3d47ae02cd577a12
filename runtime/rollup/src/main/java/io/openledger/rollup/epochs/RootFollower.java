package io.openledger.rollup.epochs;

import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.rollup.EpochPosting;
import io.openledger.runtime.rollup.EpochPosting.Kind;
import io.openledger.runtime.rollup.EpochPosting.State;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Keeps what the chain says of postings. It looks at the contract's state in one block, each time
 * anew, so that a reorganisation needs no undoing.
 */
final class RootFollower {

  private static final System.Logger LOG = System.getLogger(RootFollower.class.getName());

  private final PostingRows rows;
  private final Store store;
  private final Outbox outbox;
  private final ChainClient client;
  private final Distributor distributor;
  private final Clock clock;

  /** Whether the last look saw what became of all roots that it asked for. */
  private boolean whole;

  RootFollower(
      PostingRows rows,
      Store store,
      Outbox outbox,
      ChainClient client,
      Distributor distributor,
      Clock clock) {
    this.rows = rows;
    this.store = store;
    this.outbox = outbox;
    this.client = client;
    this.distributor = distributor;
    this.clock = clock;
  }

  /**
   * Looks once.
   *
   * @return false if something could not be told yet, such as that of a block which this endpoint
   *     does not have: a root that was dropped may be among it
   */
  boolean look() {
    List<EpochPosting> open = store.join("listing roots", c -> rows.open(c, Kind.ROOT));
    if (open.isEmpty()) {
      return true;
    }
    whole = true;
    Distributor.State state = distributor.state();
    // the newest first: whether a number was given again is told by those after it
    List<EpochPosting> later = new ArrayList<>();
    for (int i = open.size() - 1; i >= 0; i--) {
      EpochPosting posting = open.get(i);
      EpochPosting now = now(posting, state, later);
      later.add(now);
      if (!same(posting, now)) {
        if (now.state() == State.CHALLENGED) {
          if (!state.stands()) {
            // its block was taken back meanwhile: the next look decides
            return false;
          }
          LOG.log(
              System.Logger.Level.ERROR,
              "the guardian has dropped the root of epoch {0}; no root is posted until an"
                  + " administrator posts again",
              now.epoch());
        }
        store.requiresNew(
            "keeping what became of a root",
            c -> {
              PostingRows.update(c, now);
              return true;
            });
      }
    }
    return whole;
  }

  private static boolean same(EpochPosting a, EpochPosting b) {
    return a.state() == b.state()
        && a.transaction().equals(b.transaction())
        && a.block().equals(b.block())
        && a.sequence().equals(b.sequence())
        && a.activeAt().equals(b.activeAt())
        && a.detail().equals(b.detail());
  }

  private EpochPosting now(EpochPosting p, Distributor.State state, List<EpochPosting> later) {
    Optional<OutboxMessage> found = outbox.find(p.businessKey());
    if (found.isEmpty()) {
      return p;
    }
    OutboxMessage message = found.get();
    return switch (message.state()) {
      case STORED, SENT -> with(p, State.SUBMITTED, message, Optional.empty(), Optional.empty());
      case CANCELLED -> with(p, State.CANCELLED, message, Optional.empty(), Optional.empty());
      case REVERTED -> with(p, State.REVERTED, message, Optional.empty(), Optional.empty());
      case UNSAFE, SAFE, FINALIZED -> {
        // one that has come into a block since is looked at the next time
        Optional<TransactionReceipt> receipt =
            client.receipt(message.transaction()).filter(state::covers);
        whole &= receipt.isPresent();
        Optional<Distributor.Root> root = receipt.flatMap(r -> distributor.posted(r, p.epoch()));
        State now =
            root.map(r -> state(r, state, later, p.epoch()))
                // a block that this endpoint does not have yet, or has no more
                .orElse(State.SUBMITTED);
        yield with(p, now, message, receipt, root);
      }
    };
  }

  private State state(
      Distributor.Root root, Distributor.State chain, List<EpochPosting> later, long epoch) {
    long sequence = root.sequence();
    if (sequence > chain.latest.sequence()) {
      return State.CHALLENGED;
    }
    if (sequence == chain.active.sequence()) {
      return chain.active.root().equals(root.root()) && chain.active.epoch() == epoch
          ? State.ACTIVE
          : State.CHALLENGED;
    }
    if (sequence > chain.active.sequence()) {
      Distributor.Root waiting = chain.pending(sequence);
      return waiting.root().equals(root.root()) && waiting.epoch() == epoch
          ? State.WAITING
          : State.CHALLENGED;
    }
    // numbers of dropped roots are given again: then a later epoch has this one's, or a lower one
    boolean givenAgain =
        later.stream()
                .anyMatch(p -> p.sequence().isPresent() && p.sequence().getAsLong() <= sequence)
            || store.join("looking for a later root", c -> rows.givenAgain(c, epoch + 1, sequence));
    return givenAgain ? State.CHALLENGED : State.SUPERSEDED;
  }

  private EpochPosting with(
      EpochPosting p,
      State state,
      OutboxMessage message,
      Optional<TransactionReceipt> receipt,
      Optional<Distributor.Root> root) {
    Instant now = clock.instant();
    return new EpochPosting(
        p.businessKey(),
        p.kind(),
        p.firstEpoch(),
        p.epoch(),
        state,
        p.submittedAt(),
        Optional.of(message.transaction()),
        receipt.map(r -> OptionalLong.of(r.block())).orElse(OptionalLong.empty()),
        root.map(r -> OptionalLong.of(r.sequence())).orElse(OptionalLong.empty()),
        root.map(Distributor.Root::activeAt),
        state == State.CHALLENGED
            ? Optional.of("dropped by the guardian")
            : message.detail().filter(d -> state != State.WAITING && state != State.ACTIVE),
        now);
  }
}
