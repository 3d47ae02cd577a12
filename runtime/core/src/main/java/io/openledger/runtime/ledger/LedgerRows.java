package io.openledger.runtime.ledger;

import io.openledger.api.Page;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.api.reward.Account;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.LedgerEntry;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.store.Sql;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Reads accounts and lines. A balance costs as much as its account has lines. */
final class LedgerRows {

  private static final String ACCOUNTS =
      "SELECT e.account_kind, e.account_name, MAX(a.address) AS address, SUM(e.amount) AS balance,"
          + " SUM(CASE WHEN e.amount > 0 THEN e.amount ELSE 0 END) AS earned,"
          + " COUNT(*) AS entries FROM ol_entries e LEFT JOIN ol_accounts a"
          + " ON a.account_kind = e.account_kind AND a.account_name = e.account_name";
  private static final String BY_ID = " GROUP BY e.account_kind, e.account_name";

  private LedgerRows() {}

  static Page<Account> accounts(Connection c, long offset, int limit) throws SQLException {
    long total =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM (SELECT DISTINCT account_kind, account_name FROM ol_entries) x");
    List<Account> items =
        Sql.list(
            c,
            ACCOUNTS
                + BY_ID
                + " ORDER BY CASE e.account_kind WHEN 'PAYER' THEN 0 WHEN 'CONTRIBUTOR' THEN 1"
                + " WHEN 'PARTY' THEN 2 ELSE 3 END, e.account_name LIMIT ? OFFSET ?",
            LedgerRows::account,
            limit,
            offset);
    return new Page<>(items, Math.max(total, items.size()), offset, limit);
  }

  static Optional<Account> account(Connection c, AccountId id) throws SQLException {
    return Sql.first(
        c,
        ACCOUNTS + " WHERE e.account_kind = ? AND e.account_name = ?" + BY_ID,
        LedgerRows::account,
        id.kind(),
        id.name());
  }

  private static Account account(ResultSet row) throws SQLException {
    return new Account(
        id(row),
        Sql.text(row, "address").map(ChainAddress::new),
        Sql.amount(row, "balance"),
        new Wei(Sql.amount(row, "earned")),
        row.getLong("entries"));
  }

  private static AccountId id(ResultSet row) throws SQLException {
    return new AccountId(
        AccountId.Kind.valueOf(row.getString("account_kind")), row.getString("account_name"));
  }

  static Page<LedgerEntry> entries(Connection c, AccountId id, long offset, int limit)
      throws SQLException {
    long total =
        Sql.number(
            c,
            "SELECT COUNT(*) FROM ol_entries WHERE account_kind = ? AND account_name = ?",
            id.kind(),
            id.name());
    List<LedgerEntry> items =
        Sql.list(
            c,
            "SELECT * FROM ol_entries WHERE account_kind = ? AND account_name = ?"
                + " ORDER BY entry_number DESC LIMIT ? OFFSET ?",
            LedgerRows::entry,
            id.kind(),
            id.name(),
            limit,
            offset);
    return new Page<>(items, Math.max(total, items.size()), offset, limit);
  }

  /** Lines of a time, at most so many, in the ledger's order. */
  static List<LedgerEntry> between(Connection c, AccountId id, Instant from, Instant to, int most)
      throws SQLException {
    return Sql.list(
        c,
        "SELECT * FROM ol_entries WHERE account_kind = ? AND account_name = ?"
            + " AND written_at >= ? AND written_at < ? ORDER BY entry_number LIMIT ?",
        LedgerRows::entry,
        id.kind(),
        id.name(),
        from,
        to,
        most);
  }

  /** The sum of the lines before a time. */
  static BigInteger before(Connection c, AccountId id, Instant time) throws SQLException {
    return Sql.first(
            c,
            "SELECT SUM(amount) AS balance FROM ol_entries WHERE account_kind = ?"
                + " AND account_name = ? AND written_at < ?",
            row -> Sql.amount(row, "balance"),
            id.kind(),
            id.name(),
            time)
        .orElse(BigInteger.ZERO);
  }

  private static LedgerEntry entry(ResultSet row) throws SQLException {
    Optional<String> datanet = Sql.text(row, "datanet");
    Optional<ContributionId> contribution = Optional.empty();
    if (datanet.isPresent()) {
      contribution =
          Optional.of(
              new ContributionId(new DatanetId(datanet.get()), row.getLong("sequence_number")));
    }
    return new LedgerEntry(
        row.getLong("entry_number"),
        row.getString("transaction_id"),
        id(row),
        Sql.amount(row, "amount"),
        FeeRole.valueOf(row.getString("fee_role")),
        Sql.text(row, "receipt").map(ReceiptId::new),
        contribution,
        Sql.instant(row, "written_at"));
  }
}
