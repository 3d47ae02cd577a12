package io.openledger.runtime.provenance;

import io.openledger.api.Hash256;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReceiptId;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The rows of receipts. */
public final class ReceiptStore {

  /**
   * A receipt as it is kept.
   *
   * @param receipt with its link, once it has one
   * @param answer the answer's text, when it is kept
   */
  record Stored(Receipt receipt, Optional<String> answer) {}

  private ReceiptStore() {}

  /**
   * Makes the receipt of a body and writes it, yet without a link.
   *
   * @param answer the answer's text; empty when texts are not kept
   */
  public static Receipt insert(Connection c, Receipt.Body body, Optional<String> answer)
      throws SQLException {
    String canonical = ReceiptCodec.canonical(body);
    Receipt receipt = new Receipt(body.id(), body, Hash256.sha256(canonical), Optional.empty());
    Sql.update(
        c,
        "INSERT INTO ol_receipts (id, payer, answered_at, hash, body, answer)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        body.id().value(),
        body.payer(),
        body.at(),
        receipt.hash(),
        canonical,
        // PostgreSQL keeps no zero character, which a model may write
        answer.filter(text -> text.indexOf('\0') < 0));
    Sql.update(c, "INSERT INTO ol_unsealed (receipt) VALUES (?)", body.id().value());
    return receipt;
  }

  static Optional<Stored> find(Connection c, ReceiptId id) throws SQLException {
    return Sql.first(
        c,
        "SELECT r.hash, r.body, r.answer, l.link_number, l.previous, l.link FROM ol_receipts r"
            + " LEFT JOIN ol_links l ON l.receipt = r.id WHERE r.id = ?",
        ReceiptStore::read,
        id.value());
  }

  private static Stored read(ResultSet row) throws SQLException {
    Receipt.Body body = ReceiptCodec.parse(row.getString("body"));
    Optional<Receipt.Link> link = Optional.empty();
    long number = row.getLong("link_number");
    if (!row.wasNull()) {
      link =
          Optional.of(new Receipt.Link(number, Sql.hash(row, "previous"), Sql.hash(row, "link")));
    }
    return new Stored(
        new Receipt(body.id(), body, Sql.hash(row, "hash"), link), Sql.text(row, "answer"));
  }
}
