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
   * The call may be answered. Its price is held back for the time that the offer says, and from
   * when {@link #charge} was called until it is closed, however long that takes. For one thread,
   * but for {@link #held}.
   */
  non-sealed interface Admitted extends Admission, AutoCloseable {

    /** In whose name somebody without credentials asks: the channel's. */
    Caller anonymous(String application);

    /**
     * What charges the channel in the transaction that records the answers. It refuses to begin
     * answers that may cost more than is held back, with {@code NOT_READY}: the price has risen
     * since the call was admitted.
     *
     * @param form makes what is sent; it is kept for a retry, in the same transaction
     * @throws io.openledger.api.OpenLedgerException {@code LEDGER_UNAVAILABLE} if the answer is
     *     begun so late that the price was let go: nothing is to be said
     */
    Charge charge(Function<List<Answer>, Content> form);

    /**
     * Whether the price is still held back. Where it is not, because the store could not be reached
     * for too long and others used what was signed, the answer is to be ended: it may not be
     * charged. Any thread.
     */
    boolean held();

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
