package io.openledger.runtime.ledger;

import io.openledger.runtime.store.Sql;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was earned since the last epoch, added up as receipts are linked: each look costs what is
 * new. It only says when to close, and an epoch adds up its own amounts. For one thread at a time.
 */
final class Earned {

  private static final String LINES =
      "SELECT SUM(e.amount) AS earned, MIN(e.written_at) AS since FROM ol_links l"
          + " JOIN ol_entries e ON e.receipt = l.receipt"
          + " JOIN ol_accounts a ON a.account_kind = e.account_kind"
          + " AND a.account_name = e.account_name"
          + " WHERE e.amount > 0 AND e.account_kind <> 'PAYER' AND a.address IS NOT NULL";

  private record Sum(BigInteger amount, Optional<Instant> since) {
    static Sum read(ResultSet row) throws SQLException {
      BigInteger amount = Sql.amount(row, "earned");
      return new Sum(
          amount, amount.signum() == 0 ? Optional.empty() : Optional.of(Sql.instant(row, "since")));
    }
  }

  private long epoch = -1;
  private long linked;
  private BigInteger amount = BigInteger.ZERO;
  private @Nullable Instant since;
  private @Nullable Instant lateSince;

  /** Whether an epoch is to be closed now. */
  boolean due(Connection c, EpochSettings settings, Instant now) throws SQLException {
    Optional<LedgerEpoch> last = EpochRows.last(c);
    long number = last.map(LedgerEpoch::number).orElse(0L);
    long head = last.map(LedgerEpoch::receipts).orElse(0L);
    if (number != epoch) {
      epoch = number;
      linked = head;
      amount = BigInteger.ZERO;
      since = null;
      lateSince = null;
    }
    add(c);
    Sum late = late(c, head);
    if (late.amount.signum() > 0 && lateSince == null) {
      lateSince = now;
    }
    BigInteger all = amount.add(late.amount);
    return linked - head >= settings.receipts()
        || (all.signum() > 0
            && (settings.volume().filter(v -> all.compareTo(v.value()) >= 0).isPresent()
                || waited(since, settings, now)
                || waited(lateSince, settings, now)));
  }

  private void add(Connection c) throws SQLException {
    long to = Sql.number(c, "SELECT COALESCE(MAX(link_number), 0) FROM ol_links");
    if (to > linked) {
      Sum more = sum(c, LINES + " AND l.link_number > ? AND l.link_number <= ?", linked, to);
      amount = amount.add(more.amount);
      if (since == null) {
        since = more.since.orElse(null);
      }
      linked = to;
    }
  }

  /** Of accounts whose addresses have become known, what they had earned before. */
  private static Sum late(Connection c, long head) throws SQLException {
    // there are few of them and often none: then the ledger's lines are not looked at
    long accounts =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_accounts WHERE counted_epoch IS NULL AND address IS NOT NULL");
    return accounts == 0
        ? new Sum(BigInteger.ZERO, Optional.empty())
        : sum(c, LINES + " AND a.counted_epoch IS NULL AND l.link_number <= ?", head);
  }

  private static Sum sum(Connection c, String sql, Object... args) throws SQLException {
    return Sql.first(c, sql, Sum::read, args).orElseThrow(() -> new SQLException("no sum"));
  }

  private static boolean waited(@Nullable Instant from, EpochSettings settings, Instant now) {
    // a time far ahead is of a clock that was put back since: what it dated has waited long enough
    return from != null
        && !settings.interval().isZero()
        && (!now.isBefore(from.plus(settings.interval()))
            || now.isBefore(from.minus(settings.interval())));
  }
}
