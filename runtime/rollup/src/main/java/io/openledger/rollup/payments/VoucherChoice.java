package io.openledger.rollup.payments;

import io.openledger.api.reward.Wei;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Which voucher of a channel is settled now, if it is time and worth its gas. */
final class VoucherChoice {

  /**
   * So long before a closing channel's window is over, calls under way count as charged: half of
   * the shortest window. Whoever reads an answer slowly would else have it for nothing by closing.
   */
  static final Duration LATE = Duration.ofMinutes(30);

  private final PaymentSettings.Settling settings;
  private final SettlingCost cost;
  private final Clock clock;

  VoucherChoice(PaymentSettings.Settling settings, SettlingCost cost, Clock clock) {
    this.settings = settings;
    this.cost = cost;
    this.clock = clock;
  }

  /** The voucher to settle, if it is time. */
  Optional<PaymentRows.Signed> due(Connection c, SeenChannel seen) throws SQLException {
    ChannelRow row = seen.row();
    if (row.view().finished()) {
      return Optional.empty();
    }
    Optional<PaymentRows.Signed> exact =
        row.exactBy().map(by -> new PaymentRows.Signed(row.exact(), by));
    if (seen.closing()) {
      return closing(c, seen, exact);
    }
    boolean much = row.open().compareTo(settings.from()) >= 0;
    boolean old =
        row.unsettledSince()
            .filter(s -> !s.plus(settings.after()).isAfter(clock.instant()))
            .isPresent();
    return much || old ? exact.filter(v -> seen.beyond(v.cumulative())) : Optional.empty();
  }

  private Optional<PaymentRows.Signed> closing(
      Connection c, SeenChannel seen, Optional<PaymentRows.Signed> exact) throws SQLException {
    ChannelRow row = seen.row();
    boolean late = !row.view().closesAt().orElseThrow().minus(LATE).isAfter(clock.instant());
    // until then what is under way is waited for by the next rounds
    Wei owed = late ? row.charged().plus(seen.held()) : row.charged();
    if (!seen.beyond(owed)) {
      return Optional.empty(); // what is signed above what is owed is the payer's
    }
    Optional<PaymentRows.Signed> above = exact.filter(e -> e.cumulative().equals(owed));
    if (above.isEmpty()) {
      above = PaymentRows.from(c, row.id(), owed);
    }
    if (above.isEmpty()) {
      above = row.acceptedBy().map(by -> new PaymentRows.Signed(row.accepted(), by));
    }
    return above;
  }

  /** Whether it brings in more than its gas costs; of a channel that closes, not much less. */
  boolean worth(SeenChannel seen, PaymentRows.Signed voucher, byte[] data, long gas) {
    ChannelView view = seen.row().view();
    BigInteger deposit = view.deposit().value().max(view.earlyDeposit().value());
    BigInteger brings = voucher.cumulative().value().min(deposit).subtract(view.settled().value());
    if (seen.closing()) {
      BigInteger bearable = brings.add(settings.lossAtClose().value());
      return cost.atClose(data, gas).value().compareTo(bearable) <= 0;
    }
    return cost.below(settings.gasCeiling(), data, gas)
        .filter(c -> c.value().compareTo(brings) <= 0)
        .isPresent();
  }
}
