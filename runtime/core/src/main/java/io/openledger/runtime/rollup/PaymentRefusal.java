package io.openledger.runtime.rollup;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.Locale;
import java.util.Optional;

/** A payment that does not pay the request. Nothing is charged. */
public final class PaymentRefusal extends OpenLedgerException {

  private static final long serialVersionUID = 1L;

  /** Why, for programs. */
  public enum Reason {
    /** None came. */
    PAYMENT_REQUIRED,
    /** The channel is of another chain or contract. */
    WRONG_NETWORK,
    /** The channel is for somebody else. */
    WRONG_PAYEE,
    /** The quote is not ours, or was altered. */
    INVALID_QUOTE,
    /** The quote's time is over, or the price has risen. */
    EXPIRED_QUOTE,
    /** The quote is of another request. */
    OTHER_REQUEST,
    /** The quote has paid for a call already, of another channel. */
    USED_QUOTE,
    /** The payer did not sign this. */
    INVALID_SIGNATURE,
    /** Nothing was put into the channel, or not enough, or it is not settled enough yet. */
    UNKNOWN_CHANNEL,
    /** The channel closes or is closed. */
    CLOSING_CHANNEL,
    /** The voucher has been counted, and leaves no room for this call. */
    REPLAYED,
    /** The voucher is above the last one, and leaves too little room for this call. */
    TOO_LITTLE,
    /** The voucher is above what was put in and counts. */
    EXHAUSTED_DEPOSIT,
    /** As much as may be is not settled yet; later there is room again. */
    TOO_MUCH_OPEN,
    /** As many channels as may be are open. */
    TOO_MANY_CHANNELS;

    /** As clients are told. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Reason reason;
  private final transient Optional<ChannelStanding> standing;

  /**
   * @param standing the channel, if the request is proved to be its payer's
   */
  public PaymentRefusal(
      Reason reason,
      String arrived,
      String allowed,
      String remedy,
      Optional<ChannelStanding> standing) {
    super(ErrorCode.PAYMENT_REQUIRED, arrived, allowed, remedy);
    this.reason = reason;
    this.standing = standing;
  }

  /** Why, for programs. */
  public Reason reason() {
    return reason;
  }

  /** The channel as it is, for its payer. */
  public Optional<ChannelStanding> standing() {
    return standing;
  }
}
