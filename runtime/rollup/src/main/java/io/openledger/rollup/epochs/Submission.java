package io.openledger.rollup.epochs;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the business key under which something may be handed over: the plain one, or, where the
 * chain refused what was under it for good, the next with a number.
 *
 * @param businessKey that nothing has been handed over under, or the one of {@code message}
 * @param message what is under way or done; empty if there is nothing
 */
record Submission(String businessKey, Optional<OutboxMessage> message) {

  /** Attempts without a person: what is refused three times is not refused by chance. */
  static final int BY_ITSELF = 3;

  private static final int MOST = 100;

  /**
   * The first key of which nothing has failed, where a person decides about each attempt.
   *
   * @param spent whether what is in a block under a key has come to nothing all the same
   */
  static Submission next(Outbox outbox, String plain, Spent spent) throws SQLException {
    return next(outbox, plain, MOST, spent);
  }

  /**
   * The first key of which nothing has failed.
   *
   * @param most attempts; each costs gas, whatever comes of it
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if there were so many
   */
  static Submission next(Outbox outbox, String plain, int most, Spent spent) throws SQLException {
    for (int attempt = 1; attempt <= most; attempt++) {
      String key = attempt == 1 ? plain : plain + "/" + attempt;
      Optional<OutboxMessage> message = outbox.find(key);
      if (message.filter(m -> m.state().failed()).isEmpty() && !spent.test(key)) {
        return new Submission(key, message);
      }
    }
    throw new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        plain + " was refused, or came to nothing, " + most + " times",
        "fewer attempts",
        "find out why before anything is tried again");
  }

  /** Looks into the database. */
  interface Spent {
    boolean test(String businessKey) throws SQLException;
  }

  /** Hands over what is not there yet. */
  OutboxMessage submit(Outbox outbox, Function<String, ChainIntent> intent) {
    return message.orElseGet(() -> outbox.submit(intent.apply(businessKey)));
  }
}
