package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which channels a round looks at. Anybody may open channels, owe a little in them and leave them
 * half closed, so each kind has its own places in a round, and no number of the others delays it:
 *
 * <ol>
 *   <li>channels that close, those first by which most would be lost;
 *   <li>channels of which an amount is handed over, those first that were looked at longest ago;
 *   <li>open channels in which something is at risk, likewise;
 *   <li>a few others that are open, to learn what became of them.
 * </ol>
 *
 * <p>At risk is what was charged and what calls under way hold back, as far as the deposit goes,
 * less what is settled. Where that is below what settling costs, nothing is to be had: such a
 * channel is looked at rarely while it is open, and no more once it closes. A channel whose window
 * is over is settled like others, because its payer may not have taken the rest yet.
 */
final class ChannelLists {

  /** Channels of each kind in one round; the others' turn is the next. */
  static final int ROUND = 200;

  private static final int IDLE_ROUND = 20;

  // a channel's deposit in the newest block is at least the higher of the two
  private static final String RISKS =
      "SELECT channel FROM (SELECT c.channel, c.closes_at, c.checked_at, c.submitted, c.settled,"
          + " c.attempts, LEAST(GREATEST(c.deposit, c.early_deposit), c.charged + COALESCE((SELECT"
          + " SUM(p.price) FROM ol_payments p WHERE p.channel = c.channel AND p.state = 'RESERVED'),"
          + " 0)) - c.settled AS risk FROM ol_channels c WHERE c.finished = FALSE"
          // those of another chain are looked at when that is attached again
          + " AND c.chain_id = ?) r WHERE ";

  private ChannelLists() {}

  /**
   * The channels of a round, in the order in which they are looked at: of the chain's contracts, of
   * which a ledger may have had several.
   *
   * @param chainId of the chain that is asked
   * @param least what is worth settling, above zero
   * @param idleBefore others were last looked at before that
   * @param attempts after which an amount is left to people
   */
  static Set<Hash256> round(Connection c, long chainId, Wei least, Instant idleBefore, int attempts)
      throws SQLException {
    Set<Hash256> round = new LinkedHashSet<>();
    add(
        round,
        c,
        chainId,
        "closes_at > 0 AND submitted <= settled AND risk >= ? AND attempts < ?"
            + " ORDER BY risk DESC, closes_at, channel LIMIT ?",
        least.value(),
        attempts,
        ROUND);
    add(round, c, chainId, "submitted > settled ORDER BY checked_at LIMIT ?", ROUND);
    add(
        round,
        c,
        chainId,
        "closes_at = 0 AND submitted <= settled AND risk >= ? ORDER BY checked_at LIMIT ?",
        least.value(),
        ROUND);
    add(
        round,
        c,
        chainId,
        "closes_at = 0 AND submitted <= settled AND risk < ? AND checked_at < ?"
            + " ORDER BY checked_at LIMIT ?",
        least.value(),
        idleBefore,
        IDLE_ROUND);
    return round;
  }

  private static void add(
      Set<Hash256> round, Connection c, long chainId, String which, Object... bounds)
      throws SQLException {
    Object[] all =
        Stream.concat(Stream.of((Object) chainId), Arrays.stream(bounds)).toArray(Object[]::new);
    round.addAll(Sql.list(c, RISKS + which, row -> Sql.hash(row, "channel"), all));
  }

  /**
   * What answers have cost that was not settled when it was last looked, in channels of other
   * chains than one: a server cannot settle it there.
   */
  static Wei elsewhere(Connection c, long chainId) throws SQLException {
    return Sql.first(
            c,
            "SELECT SUM(charged - settled) AS owed FROM ol_channels WHERE finished = FALSE"
                + " AND chain_id <> ? AND charged > settled",
            row -> new Wei(Sql.amount(row, "owed")),
            chainId)
        .orElse(Wei.ZERO);
  }

  /** Channels of a chain that take a place: open ones, and those whose window is not over. */
  static long alive(Connection c, long chainId, Instant now) throws SQLException {
    return Sql.number(
        c,
        "SELECT COUNT(*) FROM ol_channels WHERE finished = FALSE AND chain_id = ?"
            + " AND (closes_at = 0 OR closes_at > ?)",
        chainId,
        now.getEpochSecond());
  }
}
