package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Epoch;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.runtime.provenance.ReceiptChain;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Closes epochs and proves against them. Safe for any thread and any number of nodes. */
public final class Epochs {

  private final Store store;
  private final Settlement settlement;
  private final Clock clock;

  public Epochs(Store store, Settlement settlement, Clock clock) {
    this.store = store;
    this.settlement = settlement;
    this.clock = clock;
  }

  /** See {@link io.openledger.api.reward.RewardLedger#closeEpoch()}. */
  public Epoch close() {
    // of its own: an epoch is a fact about what has committed, whatever becomes of the caller's
    // work
    return store.requiresNew("closing an epoch", this::close);
  }

  /** Whether anything would be in an epoch that none has yet. */
  public boolean due() {
    return store.requiresNew(
        "looking for what an epoch lacks",
        c -> {
          Optional<Epoch> last = latest(c, 1).stream().findFirst();
          List<Total> totals = totals(c, Long.MAX_VALUE);
          return last.isEmpty() ? !totals.isEmpty() : !same(totals, leaves(c, last.get().number()));
        });
  }

  private Epoch close(Connection c) throws SQLException {
    Sql.lock(c, "epoch");
    ReceiptChain.Head head = ReceiptChain.sealAll(c);
    Optional<Epoch> last = latest(c, 1).stream().findFirst();
    List<Total> previous = last.isEmpty() ? List.of() : leaves(c, last.get().number());
    List<Total> totals = totals(c, head.number());
    if (last.isPresent() && same(totals, previous)) {
      return last.get();
    }
    long number = last.map(Epoch::number).orElse(0L) + 1;
    Settlement.Tree tree = settlement.close(number, totals, previous);
    BigInteger total =
        totals.stream().map(t -> t.cumulative().value()).reduce(BigInteger.ZERO, BigInteger::add);
    Epoch epoch =
        new Epoch(
            number,
            clock.instant().truncatedTo(ChronoUnit.MILLIS),
            tree.root(),
            tree.leaves(),
            new Wei(total),
            head.value());
    Sql.update(
        c,
        "INSERT INTO ol_epochs (epoch, closed_at, root, leaves, total, head_number, receipt_head)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        number,
        epoch.closedAt(),
        epoch.root(),
        epoch.leaves(),
        total,
        head.number(),
        head.value());
    Sql.batch(
        c,
        "INSERT INTO ol_epoch_leaves (epoch, address, cumulative) VALUES (?, ?, ?)",
        totals.stream()
            .map(t -> new Object[] {number, t.address().value(), t.cumulative().value()})
            .toList());
    return epoch;
  }

  private static boolean same(List<Total> a, List<Total> b) {
    return a.size() == b.size() && new HashSet<>(a).equals(new HashSet<>(b));
  }

  /** What every address has earned by the receipts of the links up to one. */
  private static List<Total> totals(Connection c, long head) throws SQLException {
    return Sql.list(
        c,
        "SELECT a.address, SUM(e.amount) AS earned FROM ol_entries e"
            + " JOIN ol_links l ON l.receipt = e.receipt"
            + " JOIN ol_accounts a ON a.account_kind = e.account_kind"
            + " AND a.account_name = e.account_name"
            + " WHERE e.amount > 0 AND e.account_kind <> 'PAYER' AND a.address IS NOT NULL"
            + " AND l.link_number <= ? GROUP BY a.address ORDER BY a.address",
        row ->
            new Total(
                new ChainAddress(row.getString("address")), new Wei(Sql.amount(row, "earned"))),
        head);
  }

  private static List<Total> leaves(Connection c, long epoch) throws SQLException {
    return Sql.list(
        c,
        "SELECT address, cumulative FROM ol_epoch_leaves WHERE epoch = ? ORDER BY address",
        row ->
            new Total(
                new ChainAddress(row.getString("address")), new Wei(Sql.amount(row, "cumulative"))),
        epoch);
  }

  List<Epoch> latest(int limit) {
    return store.join("listing epochs", c -> latest(c, limit));
  }

  private static List<Epoch> latest(Connection c, int limit) throws SQLException {
    return Sql.list(c, "SELECT * FROM ol_epochs ORDER BY epoch DESC LIMIT ?", Epochs::epoch, limit);
  }

  private static Epoch epoch(ResultSet row) throws SQLException {
    return new Epoch(
        row.getLong("epoch"),
        Sql.instant(row, "closed_at"),
        Sql.hash(row, "root"),
        row.getInt("leaves"),
        new Wei(Sql.amount(row, "total")),
        Sql.hash(row, "receipt_head"));
  }

  /** See {@link io.openledger.api.reward.RewardLedger#proof}. */
  EpochProof proof(long number, AccountId account) {
    return store.join("proving against an epoch", c -> proof(c, number, account));
  }

  private EpochProof proof(Connection c, long number, AccountId account) throws SQLException {
    Epoch epoch =
        Sql.first(c, "SELECT * FROM ol_epochs WHERE epoch = ?", Epochs::epoch, number)
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.EPOCH_UNKNOWN,
                        "no epoch " + number,
                        "the number of a closed epoch",
                        "list the epochs"));
    if (LedgerRows.account(c, account).isEmpty()) {
      throw CallerLedger.unknown(account);
    }
    ChainAddress address =
        Accounts.address(c, account)
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.ACCOUNT_WITHOUT_ADDRESS,
                        "account " + account + " has no address",
                        "an account with an address on the rollup",
                        "give its address with the next contribution or in the configuration,"
                            + " and ask again after the next epoch"));
    // rebuilt from the leaves that were stored with it: a tree is a function of them alone
    Settlement.Tree tree = settlement.close(number, leaves(c, number), List.of());
    if (!tree.root().equals(epoch.root())) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_INCONSISTENT,
          "the leaves of epoch " + number + " do not make its root",
          "leaves as they were stored",
          "restore the database from a backup");
    }
    return tree.proof(address)
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.ACCOUNT_UNKNOWN,
                    "account " + account + " has no leaf in epoch " + number,
                    "an account that had earned something by then",
                    "ask for a later epoch"));
  }
}
