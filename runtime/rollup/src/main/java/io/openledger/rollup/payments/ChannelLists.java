package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.store.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

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
          + " 0)) - c.settled AS risk FROM ol_channels c WHERE c.finished = FALSE) r WHERE ";

  private ChannelLists() {}

  /**
   * The channels of a round, in the order in which they are looked at.
   *
   * @param least what is worth settling, above zero
   * @param idleBefore others were last looked at before that
   * @param attempts after which an amount is left to people
   */
  static Set<Hash256> round(Connection c, Wei least, Instant idleBefore, int attempts)
      throws SQLException {
    Set<Hash256> round = new LinkedHashSet<>();
    add(
        round,
        c,
        "closes_at > 0 AND submitted <= settled AND risk >= ? AND attempts < ?"
            + " ORDER BY risk DESC, closes_at, channel LIMIT ?",
        least.value(),
        attempts,
        ROUND);
    add(round, c, "submitted > settled ORDER BY checked_at LIMIT ?", ROUND);
    add(
        round,
        c,
        "closes_at = 0 AND submitted <= settled AND risk >= ? ORDER BY checked_at LIMIT ?",
        least.value(),
        ROUND);
    add(
        round,
        c,
        "closes_at = 0 AND submitted <= settled AND risk < ? AND checked_at < ?"
            + " ORDER BY checked_at LIMIT ?",
        least.value(),
        idleBefore,
        IDLE_ROUND);
    return round;
  }

  private static void add(Set<Hash256> round, Connection c, String which, Object... bounds)
      throws SQLException {
    round.addAll(Sql.list(c, RISKS + which, row -> Sql.hash(row, "channel"), bounds));
  }

  /** Channels that take a place: open ones, and those whose window is not over. */
  static long alive(Connection c, Instant now) throws SQLException {
    return Sql.number(
        c,
        "SELECT COUNT(*) FROM ol_channels WHERE finished = FALSE"
            + " AND (closes_at = 0 OR closes_at > ?)",
        now.getEpochSecond());
  }
}
