package io.openledger.runtime.rollup;

import io.openledger.api.model.Answer;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Charge;
import java.util.List;
import java.util.function.Function;

/** What a payment has reached. */
public sealed interface Admission {

  /**
   * How an answer was charged.
   *
   * @param payer who pays
   * @param charged for this answer
   * @param standing of the channel, after it
   */
  record Settled(ChainAddress payer, Wei charged, ChannelStanding standing) {}

  /**
   * An answer as it is sent, and sent again.
   *
   * @param mediaType of the text
   * @param text the body
   */
  record Content(String mediaType, String text) {}

  /**
   * The same payment was answered before: nothing is charged again.
   *
   * @param content what was answered
   * @param settled how it was charged then, with the channel as it is now
   */
  record Answered(Content content, Settled settled) implements Admission {}

  /**
   * The call may be answered; its price is held back until it is closed, or for the time that the
   * offer says. For one thread.
   */
  non-sealed interface Admitted extends Admission, AutoCloseable {

    /** In whose name somebody without credentials asks: the channel's. */
    Caller anonymous(String application);

    /**
     * What charges the channel in the transaction that records the answers.
     *
     * @param form makes what is sent; it is kept for a retry, in the same transaction
     */
    Charge charge(Function<List<Answer>, Content> form);

    /**
     * How it was charged.
     *
     * @throws IllegalStateException before the answers were recorded
     */
    Settled settled();

    /** Lets go of the price, unless it was charged. Never fails. */
    @Override
    void close();
  }
}
