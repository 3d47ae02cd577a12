package io.openledger.rollup.payments;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.runtime.rollup.Admission;
import io.openledger.runtime.rollup.ChannelStanding;
import io.openledger.runtime.rollup.PaidRequest;
import io.openledger.runtime.rollup.Payment;
import io.openledger.runtime.rollup.PaymentOffer;
import io.openledger.runtime.rollup.PaymentRefusal;
import io.openledger.runtime.rollup.PaymentRefusal.Reason;
import io.openledger.runtime.rollup.Payments;
import io.openledger.runtime.store.Sql;
import io.openledger.runtime.store.Store;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Admits calls. Above the usual length because what is checked, and in which order, is one thing:
 * arithmetic first, then the store, then the chain, then the store under the row's lock.
 */
final class ChannelPayments implements Payments {

  /** A row that is older is looked at anew: half of the shortest dispute window is far more. */
  private static final Duration FRESH = Duration.ofMinutes(10);

  /** A row is not looked at more often, whatever vouchers promise. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final PaymentSettings settings;
  private final ChannelDomain domain;
  private final Supplier<Optional<ChainAddress>> asset;
  private final Store store;
  private final Quotes quotes;
  private final ChannelLookup lookup;
  private final Holds holds;
  private final Clock clock;

  ChannelPayments(
      PaymentSettings settings,
      ChannelDomain domain,
      Supplier<Optional<ChainAddress>> asset,
      Store store,
      Quotes quotes,
      ChannelLookup lookup,
      Holds holds,
      Clock clock) {
    this.settings = settings;
    this.domain = domain;
    this.asset = asset;
    this.store = store;
    this.quotes = quotes;
    this.lookup = lookup;
    this.holds = holds;
    this.clock = clock;
  }

  @Override
  public boolean anonymous() {
    return settings.anonymous();
  }

  @Override
  public PaymentOffer offer(PaidRequest request, Wei price) {
    Instant expires =
        Instant.ofEpochSecond(clock.instant().plus(settings.times().quote()).getEpochSecond());
    return new PaymentOffer(
        domain.chainId(),
        domain.contract(),
        asset.get(),
        settings.payee(),
        price,
        quotes.write(expires, price, request.digest()),
        expires,
        settings.times().reservation(),
        settings.trust().minimumDeposit());
  }

  @Override
  public Admission admit(Payment payment, PaidRequest request, Wei price) {
    VerifiedPayment verified =
        VerifiedPayment.of(payment, request, quotes, domain, settings.payee());
    Optional<Admission> before =
        store.requiresNew("looking for the answer to a payment", c -> answered(c, verified));
    if (before.isPresent()) {
      return before.get();
    }
    if (clock.instant().isAfter(verified.quote().expires())
        || price.compareTo(verified.quote().price()) > 0) {
      throw refusal(
          Reason.EXPIRED_QUOTE,
          "a quote that ended at " + verified.quote().expires() + ", or whose price has risen",
          "quotes whose time is not over",
          "take the new offer",
          store.requiresNew("reading a channel", c -> standing(c, verified.id())));
    }
    know(verified);
    String attempt = UUID.randomUUID().toString();
    Instant until = clock.instant().plus(settings.times().reservation());
    Optional<Admission> meanwhile =
        store.requiresNew("admitting a call", c -> reserve(c, verified, attempt, price, until));
    return meanwhile.orElseGet(
        () -> new AdmittedCall(store, settings, clock, holds, verified, attempt, price, until));
  }

  /** What was answered to the same payment; refuses what is under way or of somebody else. */
  private Optional<Admission> answered(Connection c, VerifiedPayment payment) throws SQLException {
    Optional<PaymentRows.Row> found = PaymentRows.find(c, payment.quote().nonce());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    PaymentRows.Row row = found.get();
    if (!row.channel().equals(payment.id())) {
      throw refusal(
          Reason.USED_QUOTE,
          "a quote that another channel has paid",
          "a quote once",
          "take the new offer",
          Optional.empty());
    }
    if (!row.answered()) {
      if (row.expires().isBefore(clock.instant())) {
        return Optional.empty(); // whoever was at it died; it is let go when the call is admitted
      }
      throw new BusyException(
          "a payment whose request is being answered",
          "one request at a time with the same payment",
          Duration.ofSeconds(1));
    }
    Admission.Content content =
        row.content()
            .orElseThrow(
                () ->
                    new OpenLedgerException(
                        ErrorCode.NOT_OFFERED,
                        "a retry of a call whose answer was too long to keep",
                        "retries of answers up to " + AdmittedCall.KEPT + " characters",
                        "ask again, with a new payment"));
    ChannelStanding standing =
        standing(c, payment.id()).orElseThrow(() -> new SQLException("no channel of a payment"));
    return Optional.of(
        new Admission.Answered(
            content, new Admission.Settled(payment.channel().payer(), row.charged(), standing)));
  }

  /** Looks at the chain where the row is missing, old, or the voucher above what it has. */
  private void know(VerifiedPayment payment) {
    Optional<ChannelRow> known =
        store.requiresNew("reading a channel", c -> ChannelRows.find(c, payment.id()));
    Instant now = clock.instant();
    if (known.isPresent()) {
      ChannelRow row = known.get();
      requireSameContract(row);
      Duration age = Duration.between(row.view().at(), now).abs();
      boolean above =
          payment.voucher().cumulative().compareTo(row.usable(settings.trust().early())) > 0;
      if (age.compareTo(FRESH) < 0 && !(above && age.compareTo(PATIENCE) > 0)) {
        return;
      }
    }
    ChannelView view = lookup.forRequest(payment.id());
    if (known.isEmpty()) {
      requireWorth(view);
    }
    store.requiresNew(
        "noting a channel",
        c -> {
          if (ChannelRows.lock(c, payment.id()).isPresent()) {
            ChannelRows.see(c, payment.id(), view);
          } else {
            insert(c, payment, view);
          }
          return true;
        });
  }

  private void insert(Connection c, VerifiedPayment payment, ChannelView view) throws SQLException {
    Sql.lock(c, "channels");
    if (ChannelRows.find(c, payment.id()).isPresent()) {
      return; // another request was faster
    }
    if (ChannelLists.alive(c, domain.chainId(), clock.instant()) >= settings.trust().channels()) {
      throw refusal(
          Reason.TOO_MANY_CHANNELS,
          "a new channel, beside " + settings.trust().channels() + " that are open or closing",
          "as many channels as may be",
          "pay from a channel that is known, or come back later",
          Optional.empty());
    }
    ChannelRows.insert(c, payment.id(), payment.channel(), domain, view);
  }

  private void requireWorth(ChannelView view) {
    if (!view.open()) {
      throw closing(Optional.empty());
    }
    if (view.usable(settings.trust().early()).compareTo(settings.trust().minimumDeposit()) < 0) {
      throw refusal(
          Reason.UNKNOWN_CHANNEL,
          "a channel whose deposit counts " + view.usable(settings.trust().early()) + " wei",
          settings.trust().minimumDeposit() + " wei or more, in finalized blocks",
          "put more in, or wait until it is finalized",
          Optional.empty());
    }
  }

  // two contracts give the same name to a channel of the same parties and salt
  private void requireSameContract(ChannelRow row) {
    if (!row.domain().equals(domain)) {
      throw refusal(
          Reason.WRONG_NETWORK,
          "a channel that is known of contract " + row.domain().contract(),
          "a channel of " + domain.contract() + " with a salt of its own",
          "open a channel with another salt",
          Optional.empty());
    }
  }

  /** Holds the price back, or gives the answer that came in between. */
  private Optional<Admission> reserve(
      Connection c, VerifiedPayment payment, String attempt, Wei price, Instant until)
      throws SQLException {
    ChannelRow row =
        ChannelRows.lock(c, payment.id()).orElseThrow(() -> new SQLException("no channel"));
    Instant now = clock.instant();
    Wei reserved = PaymentRows.reserved(c, payment.id(), now);
    Optional<Admission> meanwhile = answered(c, payment);
    if (meanwhile.isPresent()) {
      return meanwhile;
    }
    Optional<ChannelStanding> standing = Optional.of(standing(row, reserved));
    if (!row.view().open()) {
      throw closing(standing);
    }
    Wei cumulative = payment.voucher().cumulative();
    Wei needed = row.charged().plus(reserved).plus(price);
    boolean higher = cumulative.compareTo(row.accepted()) > 0;
    if (needed.compareTo(higher ? cumulative : row.accepted()) > 0) {
      throw refusal(
          higher ? Reason.TOO_LITTLE : Reason.REPLAYED,
          "a voucher for " + cumulative + " wei",
          "one for " + needed + " wei or more",
          "sign a higher amount",
          standing);
    }
    Wei usable = row.usable(settings.trust().early());
    if (needed.compareTo(usable) > 0 || higher && cumulative.compareTo(usable) > 0) {
      throw refusal(
          Reason.EXHAUSTED_DEPOSIT,
          "a voucher for " + cumulative + " wei, for a call that needs " + needed,
          "up to the deposit, of which " + usable + " wei count",
          "put more in, or wait until it is finalized",
          standing);
    }
    Wei open = needed.minus(least(needed, row.view().settled()));
    if (open.compareTo(settings.trust().open()) > 0) {
      throw refusal(
          Reason.TOO_MUCH_OPEN,
          open + " wei that are not settled, with this call",
          "up to " + settings.trust().open() + " wei",
          "come back when the channel was settled",
          standing);
    }
    if (higher) {
      ChannelRows.accept(c, payment.id(), cumulative, payment.voucher().signature());
    }
    PaymentRows.reserve(
        c, payment.quote().nonce(), payment.id(), attempt, payment.voucher(), price, until);
    return Optional.empty();
  }

  private static Wei least(Wei a, Wei b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private Optional<ChannelStanding> standing(Connection c, Hash256 channel) throws SQLException {
    Optional<ChannelRow> row = ChannelRows.find(c, channel);
    return row.isEmpty()
        ? Optional.empty()
        : Optional.of(standing(row.get(), PaymentRows.reserved(c, channel, clock.instant())));
  }

  private ChannelStanding standing(ChannelRow row, Wei reserved) {
    return standing(row, reserved, settings.trust().early());
  }

  static ChannelStanding standing(ChannelRow row, Wei reserved, Wei early) {
    return new ChannelStanding(
        row.id(),
        row.usable(early),
        row.view().settled(),
        row.charged(),
        reserved,
        row.accepted(),
        row.acceptedBy());
  }

  private static PaymentRefusal closing(Optional<ChannelStanding> standing) {
    return refusal(
        Reason.CLOSING_CHANNEL,
        "a channel that closes or is closed",
        "an open channel",
        "open one with another salt",
        standing);
  }

  private static PaymentRefusal refusal(
      Reason reason,
      String arrived,
      String allowed,
      String remedy,
      Optional<ChannelStanding> standing) {
    return new PaymentRefusal(reason, arrived, allowed, remedy, standing);
  }
}
