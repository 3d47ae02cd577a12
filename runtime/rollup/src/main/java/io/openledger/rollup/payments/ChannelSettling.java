package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.store.Store;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Looks at channels that owe something, and hands what is due to the outbox: an amount is submitted
 * in the transaction that notes it, so once. Several servers may do so at a time.
 *
 * <p>The contract settles one channel a transaction; there is no batch.
 */
final class ChannelSettling {

  private static final System.Logger LOG = System.getLogger(ChannelSettling.class.getName());

  /** Channels of one round; the others' turn is the next. */
  private static final int ROUND = 200;

  /** Channels that owe nothing are looked at to learn that they closed, so that others may open. */
  private static final Duration IDLE = Duration.ofHours(1);

  private static final int IDLE_ROUND = 20;

  /** After so many transactions that failed, an amount is left to people. */
  private static final int ATTEMPTS = 5;

  /** Gas beyond the estimate, in percent. */
  private static final int MARGIN = 25;

  private static final Wei NO_CEILING = new Wei(BigInteger.ONE.shiftLeft(96));

  private final PaymentSettings settings;
  private final PaymentChannelContract contract;
  private final ChainClient chain;
  private final ChannelLookup lookup;
  private final Store store;
  private final Outbox outbox;
  private final Clock clock;

  ChannelSettling(
      PaymentSettings settings,
      PaymentChannelContract contract,
      ChainClient chain,
      ChannelLookup lookup,
      Store store,
      Outbox outbox,
      Clock clock) {
    this.settings = settings;
    this.contract = contract;
    this.chain = chain;
    this.lookup = lookup;
    this.store = store;
    this.outbox = outbox;
    this.clock = clock;
  }

  /** One round. Channels that fail do not keep the others from theirs. */
  void round() {
    store.requiresNew("forgetting old payments", c -> PaymentRows.purge(c, clock.instant()));
    List<Hash256> owing =
        store.requiresNew("listing channels that owe", c -> ChannelRows.owing(c, ROUND));
    List<Hash256> idle =
        store.requiresNew(
            "listing idle channels",
            c -> ChannelRows.idle(c, clock.instant().minus(IDLE), IDLE_ROUND));
    for (Hash256 channel : Stream.concat(owing.stream(), idle.stream()).toList()) {
      try {
        one(channel);
      } catch (OpenLedgerException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "channel {0} is looked at again in the next round: {1}",
            channel.hex(),
            e.getMessage());
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.ERROR,
            "channel " + channel.hex() + " is looked at again in the next round",
            e);
      }
    }
  }

  /** Looks at one channel, and settles it if it is due. */
  void one(Hash256 channel) {
    ChannelView view = lookup.look(channel);
    Optional<ChannelRow> seen = store.requiresNew("noting a channel", c -> note(c, channel, view));
    if (seen.isEmpty()) {
      return;
    }
    ChannelRow row = seen.get();
    Optional<PaymentRows.Signed> due = store.requiresNew("choosing a voucher", c -> due(c, row));
    if (due.isEmpty()) {
      return;
    }
    // asked before the row is locked: calls of the channel would wait as long as the chain takes
    long gas = chain.estimateGas(Call.to(contract.domain().contract(), data(row, due.get())));
    if (worth(row, due.get(), gas)) {
      store.requiresNew("settling a channel", c -> submit(c, channel, due.get(), gas));
    }
  }

  private Optional<ChannelRow> note(Connection c, Hash256 channel, ChannelView view)
      throws SQLException {
    Optional<ChannelRow> locked = ChannelRows.lock(c, channel);
    if (locked.isEmpty()) {
      return locked;
    }
    ChannelRow row = locked.get();
    ChannelRows.see(c, channel, view);
    if (view.settled().compareTo(row.charged()) >= 0 && row.unsettledSince().isPresent()) {
      ChannelRows.settledUp(c, channel, Optional.empty());
    }
    failed(c, row, view);
    return ChannelRows.find(c, channel);
  }

  /** An amount whose transaction failed, and that nobody settled since, may be submitted again. */
  private void failed(Connection c, ChannelRow row, ChannelView view) throws SQLException {
    if (row.submitted().compareTo(view.settled()) <= 0) {
      if (row.attempts() > 0) {
        ChannelRows.submitted(c, row.id(), row.submitted(), 0); // it got through in the end
      }
      return;
    }
    Optional<OutboxMessage> message = outbox.find(key(row.id(), row.submitted(), row.attempts()));
    boolean over =
        message
            .map(OutboxMessage::state)
            .filter(s -> s == OutboxMessage.State.REVERTED || s == OutboxMessage.State.CANCELLED)
            .isPresent();
    if (over) {
      LOG.log(
          System.Logger.Level.WARNING,
          "settling channel {0} at {1} wei failed: {2}",
          row.id().hex(),
          row.submitted(),
          message.flatMap(OutboxMessage::detail).orElse("no reason known"));
      ChannelRows.submitted(c, row.id(), view.settled(), row.attempts() + 1);
    }
  }

  private boolean closing(ChannelRow row) {
    return row.view().closesAt().isPresent() && !row.view().finished();
  }

  /** The voucher to settle, if it is time. */
  private Optional<PaymentRows.Signed> due(Connection c, ChannelRow row) throws SQLException {
    if (row.view().finished() || row.attempts() >= ATTEMPTS) {
      return Optional.empty();
    }
    Optional<PaymentRows.Signed> exact =
        row.exactBy().map(by -> new PaymentRows.Signed(row.exact(), by));
    if (closing(row)) {
      // nothing more will be charged but what is under way, which is waited for by the next rounds
      Optional<PaymentRows.Signed> above = exact.filter(e -> e.cumulative().equals(row.charged()));
      if (above.isEmpty()) {
        above = PaymentRows.from(c, row.id(), row.charged());
      }
      if (above.isEmpty()) {
        above = row.acceptedBy().map(by -> new PaymentRows.Signed(row.accepted(), by));
      }
      return above.filter(v -> beyond(v, row));
    }
    boolean much = row.open().compareTo(settings.settling().from()) >= 0;
    boolean old =
        row.unsettledSince()
            .filter(s -> !s.plus(settings.settling().after()).isAfter(clock.instant()))
            .isPresent();
    return much || old ? exact.filter(v -> beyond(v, row)) : Optional.empty();
  }

  private static boolean beyond(PaymentRows.Signed voucher, ChannelRow row) {
    return voucher.cumulative().compareTo(row.view().settled()) > 0
        && voucher.cumulative().compareTo(row.submitted()) > 0;
  }

  /** Whether it brings in more than its gas costs; of a channel that closes, not much less. */
  private boolean worth(ChannelRow row, PaymentRows.Signed voucher, long gas) {
    byte[] data = data(row, voucher);
    BigInteger cost;
    try {
      Fees fees = chain.fees(closing(row) ? NO_CEILING : settings.settling().gasCeiling());
      BigInteger price =
          chain.head(Finality.UNSAFE).baseFee().value().add(fees.maxPriorityFeePerGas().value());
      // as many bytes as the transaction has beside its calldata
      byte[] raw = java.util.Arrays.copyOf(data, data.length + 120);
      cost = price.multiply(BigInteger.valueOf(gas)).add(chain.l1Fee(raw).value());
    } catch (OpenLedgerException e) {
      if (e.code() == io.openledger.api.ErrorCode.INVALID_ARGUMENT) {
        return false; // gas is above the ceiling
      }
      throw e;
    }
    Wei settled = row.view().settled();
    BigInteger brings =
        voucher.cumulative().value().min(row.view().deposit().value()).subtract(settled.value());
    BigInteger bearable =
        closing(row) ? brings.add(settings.settling().lossAtClose().value()) : brings;
    return cost.compareTo(bearable) <= 0;
  }

  private boolean submit(Connection c, Hash256 channel, PaymentRows.Signed voucher, long gas)
      throws SQLException {
    ChannelRow row = ChannelRows.lock(c, channel).orElseThrow(() -> new SQLException("no channel"));
    if (voucher.cumulative().compareTo(row.submitted()) <= 0) {
      return false; // another server was faster
    }
    outbox.submit(
        new ChainIntent(
            key(channel, voucher.cumulative(), row.attempts()),
            row.domain().contract(),
            Wei.ZERO,
            data(row, voucher),
            OptionalLong.of(gas + gas * MARGIN / 100)));
    ChannelRows.submitted(c, channel, voucher.cumulative(), row.attempts());
    return true;
  }

  private static byte[] data(ChannelRow row, PaymentRows.Signed voucher) {
    return PaymentChannelContract.settle(
        row.channel(), row.voucher(voucher.cumulative(), voucher.signature()));
  }

  /** Under which an amount of a channel is settled once. */
  static String key(Hash256 channel, Wei cumulative, int attempts) {
    String first = "channel/0x" + channel.hex() + "/settle/" + cumulative;
    return attempts == 0 ? first : first + "/again/" + attempts;
  }
}
