package io.openledger.rollup.reader;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.ledger.ChainTerms;
import io.openledger.runtime.rollup.ChainAccounts;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What follows from the events that were read, of one deployment. Each question is a query over
 * their rows. What is not final may be taken back; the parameters, on which money depends, count
 * when they are final and not before. Safe for any thread.
 *
 * <p>Above the usual length because each question's query stands beside what it means.
 */
public final class ChainHistory implements ChainTerms, ChainAccounts {

  private static final String EVENTS = "SELECT * FROM ol_chain_events WHERE deployment = ?";
  private static final String IN_ORDER = " ORDER BY block_number, log_index";
  private static final String FINAL =
      " AND block_number <= (SELECT finalized_number FROM ol_chain_readers WHERE deployment = ?)";
  private static final String PARAMETERS = "ParameterStore";
  private static final String EPOCH_LENGTH = "epochLength";

  /** A year, as in configurations. */
  private static final BigInteger LONGEST_EPOCH = BigInteger.valueOf(366 * 86_400L);

  /** A chain that was ever read has decided: then it is waited for, and not gone without. */
  private static final String NEVER_READ =
      "look at the chain's endpoints; where the chain is not there yet, take"
          + " openledger.chain.endpoints out and start again, and the configured policies count until"
          + " it is configured";

  private final Store store;
  private final EventDecoder decoder;
  private final String deployment;
  private final boolean governed;
  private final Duration notice;

  /** Of the deployment that a reader with the same settings reads. */
  public ChainHistory(Store store, ReaderSettings settings) {
    this.store = store;
    this.decoder = new EventDecoder(settings.contracts());
    this.deployment = settings.deployment().hex();
    this.governed = settings.contracts().containsValue(PARAMETERS);
    this.notice = settings.notice();
  }

  /** The first 1 000 stakes that were begun for an address, in their order, as they are now. */
  List<ChainStake> stakes(ChainAddress holder) {
    return store.join("finding stakes", c -> stakes(c, holder));
  }

  private List<ChainStake> stakes(Connection c, ChainAddress holder) throws SQLException {
    List<ChainStake> stakes = new ArrayList<>();
    for (ChainEvent begun :
        events(
            c,
            EVENTS
                + " AND account = ? AND contract = 'Staking' AND event = 'Staked'"
                + IN_ORDER
                + " LIMIT ?",
            deployment,
            holder.value(),
            MOST)) {
      ChainStake stake = ChainStake.begun(begun);
      for (ChainEvent next :
          events(
              c,
              EVENTS
                  + " AND contract = 'Staking' AND subject = ?"
                  + " AND event IN ('ToppedUp', 'LeaveRequested', 'Withdrawn')"
                  + IN_ORDER,
              deployment,
              stake.number().toString())) {
        stake = stake.after(next);
      }
      stakes.add(stake);
    }
    return stakes;
  }

  @Override
  public Standing standing(ChainAddress address) {
    return store.join(
        "looking at an address on the chain",
        c ->
            new Standing(
                address,
                claimed(c, address),
                votes(c, address),
                stakes(c, address).stream().map(ChainStake::told).toList()));
  }

  // the amount of an event is all that was claimed by then, and never falls
  private Wei claimed(Connection c, ChainAddress address) throws SQLException {
    return Sql.first(
            c,
            "SELECT MAX(amount) AS amount FROM ol_chain_events WHERE deployment = ?"
                + " AND contract = 'RewardDistributor' AND event = 'Claimed' AND account = ?"
                + " GROUP BY account",
            row -> new Wei(Sql.amount(row, "amount")),
            deployment,
            address.value())
        .orElse(Wei.ZERO);
  }

  // the amount of the event is all that the delegate has from then on
  private Wei votes(Connection c, ChainAddress delegate) throws SQLException {
    return Sql.first(
            c,
            "SELECT amount FROM ol_chain_events WHERE deployment = ? AND account = ?"
                + " AND contract = 'GOPEN' AND event = 'DelegateVotesChanged'"
                + " ORDER BY block_number DESC, log_index DESC LIMIT 1",
            row -> new Wei(Sql.amount(row, "amount")),
            deployment,
            delegate.value())
        .orElse(Wei.ZERO);
  }

  /**
   * Known when no block that is not final yet can hold a change with effect by that time: when such
   * blocks are later than it, or by the contract's delay cannot change anything that early.
   */
  @Override
  public Answer at(Connection c, Instant time) throws SQLException {
    if (!governed) {
      return new Known(Optional.empty());
    }
    Optional<Settled> found = settled(c);
    if (found.isEmpty()) {
      return new NotYet("nothing of the chain was read yet", NEVER_READ, Optional.empty());
    }
    Settled read = found.get();
    // the contract's own beginning has effect at once
    boolean begun = has(c, "FeeSplitChanged") && has(c, "AttributionPolicyChanged");
    Instant until = begun ? read.time().plus(notice) : read.time();
    if (!until.isAfter(time)) {
      return new NotYet(
          "the chain is read up to its final block "
              + read.number()
              + " of "
              + read.time()
              + (notice.isZero()
                  ? ""
                  : ", and changes take effect " + notice + " after their block")
              + (begun ? "" : "; the parameters' contract has not begun there"),
          read.time());
    }
    if (has(c, ReadEvent.UNDECODED)) {
      return new NotYet(
          "an event of the parameters' contract could not be decoded, so what it changed is not"
              + " known; see the log",
          read.time());
    }
    return new Known(
        Optional.of(
            new Terms(
                Hash256.parse(deployment),
                read.number(),
                read.hash(),
                last(c, "FeeSplitChanged", time).map(ChainHistory::split),
                last(c, "AttributionPolicyChanged", time)
                    .map(e -> new NamedPolicy(e.number("version"), e.hash("policyHash"))),
                epochLength(c, time))));
  }

  // of a contract that was not deployed by us the bounds are anything
  private Optional<Duration> epochLength(Connection c, Instant time) throws SQLException {
    return last(
            c, " AND subject = '" + EPOCH_LENGTH + "'", time, "ParameterAdded", "ParameterChanged")
        .map(e -> e.integer(e.name().equals("ParameterAdded") ? "value" : "newValue"))
        .map(
            seconds ->
                Duration.ofSeconds(
                    seconds.min(LONGEST_EPOCH).max(BigInteger.ONE).longValueExact()));
  }

  /** The last block that is final and was read. */
  private record Settled(long number, Hash256 hash, Instant time) {}

  private Optional<Settled> settled(Connection c) throws SQLException {
    return Sql.first(
        c,
        "SELECT * FROM ol_chain_readers WHERE deployment = ?",
        row ->
            new Settled(
                row.getLong("finalized_number"),
                Sql.hash(row, "finalized_hash"),
                Sql.instant(row, "finalized_time")),
        deployment);
  }

  private boolean has(Connection c, String event) throws SQLException {
    return Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_chain_events WHERE deployment = ?"
                + " AND contract = 'ParameterStore' AND event = ?"
                + FINAL,
            deployment,
            event,
            deployment)
        > 0;
  }

  // the one whose effect began last, of those that had effect by then: their times rise
  private Optional<ChainEvent> last(Connection c, String event, Instant time) throws SQLException {
    return last(c, "", time, event, event);
  }

  private Optional<ChainEvent> last(
      Connection c, String which, Instant time, String begins, String changes) throws SQLException {
    Optional<ChainEvent> last = Optional.empty();
    for (ChainEvent e :
        events(
            c,
            EVENTS
                + " AND contract = 'ParameterStore' AND event IN (?, ?)"
                + which
                + FINAL
                + IN_ORDER,
            deployment,
            begins,
            changes,
            deployment)) {
      // what is added holds at once
      Instant from =
          e.arguments().containsKey("effectiveAt")
              ? Instant.ofEpochSecond(e.number("effectiveAt"))
              : e.time();
      if (!from.isAfter(time)) {
        last = Optional.of(e);
      }
    }
    return last;
  }

  /** The contract's order of the roles is the enumeration's. */
  private static FeeSplit split(ChainEvent event) {
    List<?> parts = (List<?>) event.value("newSplit");
    Map<FeeRole, Integer> split = new EnumMap<>(FeeRole.class);
    for (FeeRole role : FeeRole.values()) {
      split.put(role, ((BigInteger) parts.get(role.ordinal())).intValueExact());
    }
    return new FeeSplit(split);
  }

  private List<ChainEvent> events(Connection c, String sql, Object... arguments)
      throws SQLException {
    return Sql.list(
            c,
            sql,
            row -> decoder.decode(ReaderRows.log(row), Sql.instant(row, "block_time")).event(),
            arguments)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }
}
