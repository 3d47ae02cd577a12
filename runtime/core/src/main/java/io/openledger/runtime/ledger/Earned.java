package io.openledger.runtime.ledger;

import io.openledger.runtime.store.Sql;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What was earned since the last epoch, added up as receipts are linked: each look costs what is
 * new. It only says when to close, and an epoch adds up its own amounts. For one thread at a time.
 *
 * <p>Two sums make it. What accounts have earned that an epoch has counted before grows with the
 * links. Of accounts that none has counted, whose addresses may become known at any time and long
 * after they have earned, all lines count, and are added up again when there are more of either.
 *
 * <p>Nothing that is remembered here decides how long something has waited: a node that has just
 * started says the same as one that has looked all day.
 */
final class Earned {

  private static final String FROM =
      " FROM ol_links l JOIN ol_entries e ON e.receipt = l.receipt"
          + " JOIN ol_accounts a ON a.account_kind = e.account_kind"
          + " AND a.account_name = e.account_name"
          + " WHERE e.amount > 0 AND e.account_kind <> 'PAYER' AND a.address IS NOT NULL";

  /**
   * @param since when the first of it was written
   * @param late whether some of it was linked before the last epoch, when nobody knew the address
   */
  private record Sum(BigInteger amount, Optional<Instant> since, boolean late) {
    static final Sum NOTHING = new Sum(BigInteger.ZERO, Optional.empty(), false);

    static Sum read(ResultSet row) throws SQLException {
      return new Sum(
          Sql.amount(row, "earned"),
          row.getObject("since") == null
              ? Optional.empty()
              : Optional.of(Sql.instant(row, "since")),
          row.getInt("late") > 0);
    }

    Sum plus(Sum more) {
      return new Sum(amount.add(more.amount), since.or(more::since), late || more.late);
    }
  }

  private long epoch = -1;
  private long linked;
  private Sum counted = Sum.NOTHING;
  private Sum uncounted = Sum.NOTHING;
  private long uncountedAccounts;

  /**
   * Whether an epoch is to be closed now.
   *
   * @param longest how long what was earned waits at most; empty: for ever
   */
  boolean due(Connection c, EpochSettings settings, Optional<Duration> longest, Instant now)
      throws SQLException {
    Optional<LedgerEpoch> last = EpochRows.last(c);
    long number = last.map(LedgerEpoch::number).orElse(0L);
    long head = last.map(LedgerEpoch::receipts).orElse(0L);
    if (number != epoch) {
      epoch = number;
      linked = head;
      counted = Sum.NOTHING;
      uncounted = Sum.NOTHING;
      uncountedAccounts = 0;
    }
    add(c, head);
    BigInteger all = counted.amount.add(uncounted.amount);
    // what an account had earned before its address was known waits from the epoch that missed it:
    // when the address became known is written nowhere
    Optional<Instant> missed =
        uncounted.late ? last.map(l -> l.epoch().closedAt()) : Optional.empty();
    return linked - head >= settings.receipts()
        || (all.signum() > 0
            && (settings.volume().filter(v -> all.compareTo(v.value()) >= 0).isPresent()
                || Stream.of(counted.since, uncounted.since, missed)
                    .anyMatch(since -> waited(since, longest, now))));
  }

  private void add(Connection c, long head) throws SQLException {
    long to = Sql.number(c, "SELECT COALESCE(MAX(link_number), 0) FROM ol_links");
    // there are few of them and often none: then the ledger's lines are not looked at
    long accounts =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_accounts WHERE counted_epoch IS NULL AND address IS NOT NULL");
    if (accounts > 0 && (accounts != uncountedAccounts || to > linked)) {
      uncounted =
          sum(
              c,
              "SELECT SUM(e.amount) AS earned,"
                  + " MIN(CASE WHEN l.link_number > ? THEN e.written_at END) AS since,"
                  + " MAX(CASE WHEN l.link_number > ? THEN 0 ELSE 1 END) AS late"
                  + FROM
                  + " AND a.counted_epoch IS NULL AND l.link_number <= ?",
              head,
              head,
              to);
    }
    uncountedAccounts = accounts;
    if (to > linked) {
      counted =
          counted.plus(
              sum(
                  c,
                  "SELECT SUM(e.amount) AS earned, MIN(e.written_at) AS since, 0 AS late"
                      + FROM
                      + " AND a.counted_epoch IS NOT NULL"
                      + " AND l.link_number > ? AND l.link_number <= ?",
                  linked,
                  to));
      linked = to;
    }
  }

  private static Sum sum(Connection c, String sql, Object... args) throws SQLException {
    return Sql.first(c, sql, Sum::read, args).orElseThrow(() -> new SQLException("no sum"));
  }

  private static boolean waited(Optional<Instant> since, Optional<Duration> longest, Instant now) {
    if (since.isEmpty() || longest.isEmpty()) {
      return false;
    }
    Instant from = since.get();
    // a time far ahead is of a clock that was put back since: what it dated has waited long enough
    return !now.isBefore(from.plus(longest.get())) || now.isBefore(from.minus(longest.get()));
  }
}
