package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.Channel;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/** The rows of channels. */
final class ChannelRows {

  private ChannelRows() {}

  static Optional<ChannelRow> find(Connection c, Hash256 channel) throws SQLException {
    return Sql.first(c, "SELECT * FROM ol_channels WHERE channel = ?", ChannelRows::read, channel);
  }

  /** The row, which nobody else changes until the transaction ends. */
  static Optional<ChannelRow> lock(Connection c, Hash256 channel) throws SQLException {
    return Sql.first(
        c, "SELECT * FROM ol_channels WHERE channel = ? FOR UPDATE", ChannelRows::read, channel);
  }

  static void insert(
      Connection c, Hash256 id, Channel channel, ChannelDomain domain, ChannelView view)
      throws SQLException {
    Sql.update(
        c,
        "INSERT INTO ol_channels (channel, chain_id, contract, payer, payee, salt, deposit,"
            + " early_deposit, settled, closes_at, finished, charged, accepted, exact, submitted,"
            + " attempts, checked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id,
        domain.chainId(),
        domain.contract().value(),
        channel.payer().value(),
        channel.payee().value(),
        channel.salt(),
        view.deposit().value(),
        view.earlyDeposit().value(),
        view.settled().value(),
        seconds(view.closesAt()),
        view.finished(),
        // what was settled before we knew of it was charged, as far as we can tell
        view.settled().value(),
        view.settled().value(),
        view.settled().value(),
        view.settled().value(),
        0,
        view.at());
  }

  static void see(Connection c, Hash256 channel, ChannelView view) throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_channels SET deposit = ?, early_deposit = ?, settled = ?, closes_at = ?,"
            + " finished = ?, checked_at = ? WHERE channel = ?",
        view.deposit().value(),
        view.earlyDeposit().value(),
        view.settled().value(),
        seconds(view.closesAt()),
        view.finished(),
        view.at(),
        channel);
  }

  /** The others come first; for a channel in which nothing is admitted. */
  static void putOff(Connection c, Hash256 channel, Instant now) throws SQLException {
    Sql.update(c, "UPDATE ol_channels SET checked_at = ? WHERE channel = ?", now, channel);
  }

  static void accept(Connection c, Hash256 channel, Wei cumulative, String signature)
      throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_channels SET accepted = ?, accepted_signature = ? WHERE channel = ?",
        cumulative.value(),
        signature,
        channel);
  }

  static void charge(Connection c, Hash256 channel, Wei charged, Optional<Instant> unsettledSince)
      throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_channels SET charged = ?, unsettled_since = ? WHERE channel = ?",
        charged.value(),
        unsettledSince,
        channel);
  }

  static void exact(Connection c, Hash256 channel, Wei exact, String signature)
      throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_channels SET exact = ?, exact_signature = ? WHERE channel = ?",
        exact.value(),
        signature,
        channel);
  }

  static void submitted(Connection c, Hash256 channel, Wei cumulative, int attempts)
      throws SQLException {
    Sql.update(
        c,
        "UPDATE ol_channels SET submitted = ?, attempts = ? WHERE channel = ?",
        cumulative.value(),
        attempts,
        channel);
  }

  static void settledUp(Connection c, Hash256 channel, Optional<Instant> since)
      throws SQLException {
    Sql.update(c, "UPDATE ol_channels SET unsettled_since = ? WHERE channel = ?", since, channel);
  }

  private static long seconds(Optional<Instant> time) {
    return time.map(Instant::getEpochSecond).orElse(0L);
  }

  private static ChannelRow read(ResultSet row) throws SQLException {
    long closesAt = row.getLong("closes_at");
    return new ChannelRow(
        Sql.hash(row, "channel"),
        new Channel(
            new ChainAddress(row.getString("payer")),
            new ChainAddress(row.getString("payee")),
            Sql.hash(row, "salt")),
        ChannelDomain.of(row.getLong("chain_id"), new ChainAddress(row.getString("contract"))),
        new ChannelView(
            wei(row, "deposit"),
            wei(row, "early_deposit"),
            wei(row, "settled"),
            closesAt == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(closesAt)),
            row.getBoolean("finished"),
            Sql.instant(row, "checked_at")),
        wei(row, "charged"),
        wei(row, "accepted"),
        Sql.text(row, "accepted_signature"),
        wei(row, "exact"),
        Sql.text(row, "exact_signature"),
        wei(row, "submitted"),
        row.getInt("attempts"),
        row.getObject("unsettled_since") == null
            ? Optional.empty()
            : Optional.of(Sql.instant(row, "unsettled_since")));
  }

  private static Wei wei(ResultSet row, String column) throws SQLException {
    return new Wei(Sql.amount(row, column));
  }
}
