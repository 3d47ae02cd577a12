package io.openledger.runtime.ledger;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Credit;
import io.openledger.api.reward.FeeRole;
import io.openledger.runtime.store.Sql;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the lines of an answer. */
public final class LedgerWriter {

  private LedgerWriter() {}

  /**
   * Debits the payer, one line a role, and credits what the receipt says.
   *
   * @throws OpenLedgerException {@link ErrorCode#LEDGER_INCONSISTENT} when the credits are not the
   *     fee
   */
  public static void write(Connection c, AccountId payer, Receipt receipt, String transaction)
      throws SQLException {
    Receipt.Body body = receipt.body();
    Map<FeeRole, BigInteger> debits = new EnumMap<>(FeeRole.class);
    for (Credit credit : body.credits()) {
      debits.merge(credit.role(), credit.amount().value(), BigInteger::add);
    }
    BigInteger sum = debits.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
    if (!sum.equals(body.fee().value())) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_INCONSISTENT,
          "credits of " + sum + " wei for a fee of " + body.fee() + " wei",
          "credits that add up to the fee",
          "report it with the receipt's policy and evidence; nothing was written");
    }
    List<Object[]> lines = new ArrayList<>();
    debits.forEach(
        (role, amount) ->
            lines.add(line(transaction, payer, amount.negate(), role, receipt, Optional.empty())));
    for (Credit credit : body.credits()) {
      lines.add(
          line(
              transaction,
              credit.account(),
              credit.amount().value(),
              credit.role(),
              receipt,
              Optional.of(credit)));
    }
    Sql.batch(
        c,
        "INSERT INTO ol_entries (transaction_id, account_kind, account_name, amount, fee_role,"
            + " receipt, datanet, sequence_number, written_at)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        lines);
  }

  private static Object[] line(
      String transaction,
      AccountId account,
      BigInteger amount,
      FeeRole role,
      Receipt receipt,
      Optional<Credit> credit) {
    return new Object[] {
      transaction,
      account.kind(),
      account.name(),
      amount,
      role,
      receipt.id().value(),
      credit.flatMap(Credit::contribution).map(id -> id.datanet().value()),
      credit.flatMap(Credit::contribution).map(id -> id.sequence()),
      receipt.body().at()
    };
  }
}
