package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.rollup.Admission;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The rows of calls that are paid for. */
final class PaymentRows {

  /**
   * A call.
   *
   * @param channel that pays
   * @param attempt who is at it
   * @param answered whether it has its answer
   * @param price held back, while it has not
   * @param charged for the answer
   * @param expires when the price is let go, or the answer forgotten
   * @param content the answer, unless it was too long to keep
   */
  record Row(
      Hash256 channel,
      String attempt,
      boolean answered,
      Wei price,
      Wei charged,
      Instant expires,
      Optional<Admission.Content> content) {}

  /**
   * A signed amount.
   *
   * @param cumulative the amount
   * @param signature of it
   */
  record Signed(Wei cumulative, String signature) {}

  private PaymentRows() {}

  static Optional<Row> find(Connection c, String quote) throws SQLException {
    return Sql.first(c, "SELECT * FROM ol_payments WHERE quote = ?", PaymentRows::read, quote);
  }

  static void reserve(
      Connection c,
      String quote,
      Hash256 channel,
      String attempt,
      Signed voucher,
      Wei price,
      Instant until)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_payments (quote, channel, attempt, state, cumulative, signature, price,"
            + " charged, expires_at) VALUES (?, ?, ?, 'RESERVED', ?, ?, ?, 0, ?)",
        quote,
        channel,
        attempt,
        voucher.cumulative().value(),
        voucher.signature(),
        price.value(),
        until);
  }

  /** What calls under way hold back, once those whose time is over were let go. */
  static Wei reserved(Connection c, Hash256 channel, Instant now) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM ol_payments WHERE channel = ? AND state = 'RESERVED' AND expires_at < ?",
        channel,
        now);
    return Sql.first(
            c,
            "SELECT SUM(price) AS held FROM ol_payments WHERE channel = ? AND state = 'RESERVED'",
            row -> new Wei(Sql.amount(row, "held")),
            channel)
        .orElse(Wei.ZERO);
  }

  /** Whether the attempt still held its price, and holds it for longer. */
  static boolean extend(Connection c, String quote, String attempt, Instant until)
      throws SQLException {
    return Sql.update(
            c,
            "UPDATE ol_payments SET expires_at = ? WHERE quote = ? AND attempt = ?"
                + " AND state = 'RESERVED'",
            until,
            quote,
            attempt)
        == 1;
  }

  /** Whether the attempt still held its price, which is now an answer. */
  static boolean answer(
      Connection c,
      String quote,
      String attempt,
      Wei charged,
      Instant until,
      Optional<Admission.Content> content)
      throws SQLException {
    return Sql.update(
            c,
            "UPDATE ol_payments SET state = 'ANSWERED', charged = ?, expires_at = ?,"
                + " media_type = ?, answer = ? WHERE quote = ? AND attempt = ?"
                + " AND state = 'RESERVED'",
            charged.value(),
            until,
            content.map(Admission.Content::mediaType),
            content.map(Admission.Content::text),
            quote,
            attempt)
        == 1;
  }

  static void release(Connection c, String quote, String attempt) throws SQLException {
    Sql.update(
        c,
        "DELETE FROM ol_payments WHERE quote = ? AND attempt = ? AND state = 'RESERVED'",
        quote,
        attempt);
  }

  /** The highest signed amount not above one. */
  static Optional<Signed> upTo(Connection c, Hash256 channel, Wei most) throws SQLException {
    return signed(c, "<= ? ORDER BY cumulative DESC", channel, most);
  }

  /** The lowest signed amount not below one. */
  static Optional<Signed> from(Connection c, Hash256 channel, Wei least) throws SQLException {
    return signed(c, ">= ? ORDER BY cumulative", channel, least);
  }

  private static Optional<Signed> signed(Connection c, String where, Hash256 channel, Wei bound)
      throws SQLException {
    return Sql.first(
        c,
        "SELECT cumulative, signature FROM ol_payments WHERE channel = ? AND cumulative "
            + where
            + " LIMIT 1",
        row -> new Signed(new Wei(Sql.amount(row, "cumulative")), row.getString("signature")),
        channel,
        bound.value());
  }

  /** Forgets answers whose time is over, and calls whose server died. */
  static int purge(Connection c, Instant now) throws SQLException {
    return Sql.update(c, "DELETE FROM ol_payments WHERE expires_at < ?", now);
  }

  private static Row read(ResultSet row) throws SQLException {
    Optional<String> type = Sql.text(row, "media_type");
    return new Row(
        Sql.hash(row, "channel"),
        row.getString("attempt"),
        row.getString("state").equals("ANSWERED"),
        new Wei(Sql.amount(row, "price")),
        new Wei(Sql.amount(row, "charged")),
        Sql.instant(row, "expires_at"),
        type.isEmpty()
            ? Optional.empty()
            : Optional.of(new Admission.Content(type.get(), row.getString("answer"))));
  }
}
