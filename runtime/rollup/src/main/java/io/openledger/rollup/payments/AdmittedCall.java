package io.openledger.rollup.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.Answer;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.Caller;
import io.openledger.runtime.Charge;
import io.openledger.runtime.rollup.Admission;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A call whose price is held back: for a time when it is admitted, and anew from when its answer is
 * begun until it is closed. For one thread, but for {@link #renew} and {@link #held}.
 */
final class AdmittedCall implements Admission.Admitted {

  private static final System.Logger LOG = System.getLogger(AdmittedCall.class.getName());

  /** Characters of an answer that is kept for a retry. */
  static final int KEPT = 1 << 20;

  private final Store store;
  private final PaymentSettings settings;
  private final Clock clock;
  private final Holds holds;
  private final VerifiedPayment payment;
  private final String attempt;
  private final Wei price;
  private final Instant until;
  private volatile boolean lapsed;
  private volatile boolean closed;
  private @Nullable Settled settled;

  /**
   * @param until when the price lapses, if the answer is not begun
   */
  AdmittedCall(
      Store store,
      PaymentSettings settings,
      Clock clock,
      Holds holds,
      VerifiedPayment payment,
      String attempt,
      Wei price,
      Instant until) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.holds = holds;
    this.payment = payment;
    this.attempt = attempt;
    this.price = price;
    this.until = until;
  }

  /** The account of a channel's lines. */
  static AccountId account(Hash256 channel) {
    return new AccountId(AccountId.Kind.PAYER, "channel-0x" + channel.hex());
  }

  @Override
  public Caller anonymous(String application) {
    return Caller.user(application, account(payment.id()).name(), Set.of(Caller.Role.USER));
  }

  @Override
  public Charge charge(Function<List<Answer>, Content> form) {
    // one that waited long before it is begun may have lost its price: nothing is said yet
    if (clock.instant().isAfter(until.minus(settings.times().reservation().dividedBy(2)))) {
      renew();
      if (lapsed) {
        throw lapsed("before it was begun", "send the payment again");
      }
    }
    holds.add(this);
    return new Charge() {
      @Override
      public AccountId payer() {
        return account(payment.id());
      }

      @Override
      public void begin(Wei most) {
        requireHeld(most);
      }

      @Override
      public void record(Connection c, List<Answer> answers) throws SQLException {
        AdmittedCall.this.record(c, answers, form);
      }
    };
  }

  private void requireHeld(Wei most) {
    if (most.compareTo(price) > 0) {
      throw new OpenLedgerException(
          ErrorCode.NOT_READY,
          "an answer that may cost "
              + most
              + " wei by the terms that hold since it was admitted, with "
              + price
              + " wei held back",
          "answers whose price is held back",
          "send the payment again: it is told the new price; nothing was charged");
    }
  }

  private void record(Connection c, List<Answer> answers, Function<List<Answer>, Content> form)
      throws SQLException {
    Wei fee = answers.stream().map(a -> a.receipt().body().fee()).reduce(Wei.ZERO, Wei::plus);
    Instant now = clock.instant();
    Instant end = now.plus(settings.times().retry());
    Optional<Content> kept =
        Optional.of(form.apply(answers)).filter(k -> k.text().length() <= KEPT);
    if (!hold(c, fee, end)
        || !PaymentRows.answer(c, payment.quote().nonce(), attempt, fee, end, kept)) {
      throw lapsed("after others had used what was signed", "pay with a higher amount");
    }
    ChannelRow row =
        ChannelRows.lock(c, payment.id()).orElseThrow(() -> new SQLException("no channel"));
    Wei charged = row.charged().plus(fee);
    if (fee.compareTo(price) > 0 || charged.compareTo(row.accepted()) > 0) {
      throw new OpenLedgerException(
          ErrorCode.LEDGER_INCONSISTENT,
          "an answer for "
              + fee
              + " wei, with "
              + price
              + " held back and a channel of "
              + row.charged()
              + " charged and "
              + row.accepted()
              + " signed",
          "at most what was held back",
          "report it; nothing was charged");
    }
    ChannelRows.charge(
        c,
        payment.id(),
        charged,
        row.unsettledSince().isPresent() || fee.isZero() ? row.unsettledSince() : Optional.of(now));
    PaymentRows.Signed exact = exact(c, row, charged);
    if (exact.cumulative().compareTo(row.exact()) > 0) {
      ChannelRows.exact(c, payment.id(), exact.cumulative(), exact.signature());
    }
    ChannelRow after = ChannelRows.find(c, payment.id()).orElse(row);
    settled =
        new Settled(
            payment.channel().payer(),
            fee,
            ChannelPayments.standing(
                after, PaymentRows.reserved(c, payment.id(), now), settings.trust().early()));
  }

  /** Holds the price back anew, while the answer is made. Any thread. */
  void renew() {
    if (closed) {
      return;
    }
    Instant end = clock.instant().plus(settings.times().reservation());
    boolean held = store.requiresNew("holding a price back longer", c -> hold(c, price, end));
    if (!held && !lapsed) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the price of a call of channel {0} lapsed, and others have used it: the call is ended",
          payment.id().hex());
    }
    lapsed = !held;
    if (closed) {
      release(); // it was let go while it was held anew
    }
  }

  /**
   * Holds an amount back: still, or again where the time was over and nobody has used what was
   * signed. Never more than was signed.
   */
  private boolean hold(Connection c, Wei amount, Instant end) throws SQLException {
    ChannelRow row =
        ChannelRows.lock(c, payment.id()).orElseThrow(() -> new SQLException("no channel"));
    String quote = payment.quote().nonce();
    if (PaymentRows.extend(c, quote, attempt, end)) {
      return true;
    }
    Optional<PaymentRows.Row> there = PaymentRows.find(c, quote);
    if (there.isPresent()) {
      return there.get().attempt().equals(attempt); // answered; else somebody else's
    }
    Wei needed =
        row.charged().plus(PaymentRows.reserved(c, payment.id(), clock.instant())).plus(amount);
    if (needed.compareTo(row.accepted()) > 0) {
      return false;
    }
    PaymentRows.reserve(c, quote, payment.id(), attempt, payment.voucher(), amount, end);
    return true;
  }

  @Override
  public boolean held() {
    return !lapsed;
  }

  private OpenLedgerException lapsed(String when, String remedy) {
    return new OpenLedgerException(
        ErrorCode.LEDGER_UNAVAILABLE,
        "an answer whose price was let go " + when,
        "answers that are begun within "
            + settings.times().reservation()
            + ", by a server that runs",
        remedy + "; nothing was charged");
  }

  /** The highest amount not above what was charged that the payer signed. */
  private PaymentRows.Signed exact(Connection c, ChannelRow row, Wei charged) throws SQLException {
    PaymentRows.Signed best = new PaymentRows.Signed(row.exact(), row.exactBy().orElse(""));
    Optional<PaymentRows.Signed> accepted =
        row.acceptedBy().map(by -> new PaymentRows.Signed(row.accepted(), by));
    for (Optional<PaymentRows.Signed> other :
        List.of(PaymentRows.upTo(c, payment.id(), charged), accepted, payment.acknowledged())) {
      if (other.isPresent()
          && other.get().cumulative().compareTo(charged) <= 0
          && other.get().cumulative().compareTo(best.cumulative()) > 0) {
        best = other.get();
      }
    }
    return best;
  }

  @Override
  public Settled settled() {
    Settled known = settled;
    if (known == null) {
      throw new IllegalStateException("the answers were not recorded");
    }
    return known;
  }

  @Override
  public void close() {
    closed = true;
    holds.remove(this);
    release();
  }

  // settled tells that a transaction went as far as here, not that it has committed: what has is no
  // longer RESERVED, and is left alone
  private void release() {
    try {
      store.requiresNew(
          "letting go of a price",
          c -> {
            PaymentRows.release(c, payment.quote().nonce(), attempt);
            return true;
          });
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a price is held back until its time is over, because now {0}",
          e.getMessage());
    }
  }
}
