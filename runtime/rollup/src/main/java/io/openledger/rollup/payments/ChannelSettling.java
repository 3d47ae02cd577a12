package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import io.openledger.runtime.store.Store;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at channels that owe something, and hands what is due to the outbox: an amount is submitted
 * in the transaction that notes it, so once. Several servers may do so at a time.
 *
 * <p>The contract settles one channel a transaction; there is no batch.
 *
 * <p><b>{@code submitted} and {@code attempts}</b> name the message that was handed over last. Its
 * failure counts one attempt more and leaves {@code submitted} as it is, and only when the chain
 * has settled as much are the attempts forgotten: an amount whose transaction failed is never
 * handed over under a key that is used up, and one that keeps failing is left to people.
 */
final class ChannelSettling {

  private static final System.Logger LOG = System.getLogger(ChannelSettling.class.getName());

  /** Channels that owe nothing are looked at to learn that they closed, so that others may open. */
  private static final Duration IDLE = Duration.ofHours(1);

  /** After so many transactions that failed, an amount is left to people. */
  private static final int ATTEMPTS = 5;

  /** Gas beyond the estimate, in percent. */
  private static final int MARGIN = 25;

  private final PaymentSettings settings;
  private final ChainClient chain;
  private final ChannelContracts contracts;
  private final ClosingWatch watch;
  private final SettlingCost cost;
  private final VoucherChoice choice;
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
    this.chain = chain;
    this.contracts =
        new ChannelContracts(
            chain, contract.domain(), lookup, settings.early().isPresent(), store, clock);
    this.watch = new ClosingWatch(chain, contract.domain(), store);
    this.cost = new SettlingCost(chain);
    this.choice = new VoucherChoice(settings.settling(), cost, clock);
    this.store = store;
    this.outbox = outbox;
    this.clock = clock;
  }

  /** One round at a time. Channels that fail do not keep the others from theirs. */
  synchronized void round() {
    Instant now = clock.instant();
    contracts.tellOtherChains();
    store.requiresNew("forgetting old payments", c -> PaymentRows.purge(c, now));
    watch.look();
    BigInteger worth = cost.usual().value().subtract(settings.settling().lossAtClose().value());
    Wei least = new Wei(worth.max(BigInteger.ONE));
    Set<Hash256> channels =
        store.requiresNew(
            "listing channels",
            c -> ChannelLists.round(c, chain.chainId(), least, now.minus(IDLE), ATTEMPTS));
    for (Hash256 channel : channels) {
      AtomicBoolean looked = new AtomicBoolean();
      try {
        one(channel, looked);
      } catch (OpenLedgerException e) {
        contracts.putOff(channel, looked.get(), e);
      } catch (RuntimeException e) {
        LOG.log(
            System.Logger.Level.ERROR,
            "channel " + channel.hex() + " is looked at again in the next round",
            e);
      }
    }
  }

  /** Looks at one channel, and settles it if it is due. */
  private void one(Hash256 channel, AtomicBoolean looked) {
    Optional<ChannelRow> known =
        store.requiresNew("reading a channel", c -> ChannelRows.find(c, channel));
    if (known.isEmpty()) {
      return;
    }
    ChannelView view = contracts.look(known.get());
    looked.set(true);
    Optional<SeenChannel> seen = store.requiresNew("noting a channel", c -> note(c, channel, view));
    if (seen.isEmpty() || seen.get().row().attempts() >= ATTEMPTS) {
      return;
    }
    ChannelRow row = seen.get().row();
    Optional<PaymentRows.Signed> due =
        store.requiresNew("choosing a voucher", c -> choice.due(c, seen.get()));
    if (due.isEmpty()) {
      return;
    }
    // asked before the row is locked: calls of the channel would wait as long as the chain takes
    long gas = chain.estimateGas(Call.to(row.domain().contract(), data(row, due.get())));
    if (choice.worth(seen.get(), due.get(), data(row, due.get()), gas)) {
      store.requiresNew("settling a channel", c -> submit(c, channel, due.get(), gas));
    }
  }

  private Optional<SeenChannel> note(Connection c, Hash256 channel, ChannelView view)
      throws SQLException {
    Optional<ChannelRow> locked = ChannelRows.lock(c, channel);
    if (locked.isEmpty()) {
      return Optional.empty();
    }
    ChannelRow row = locked.get();
    ChannelRows.see(c, channel, view);
    if (view.settled().compareTo(row.charged()) >= 0 && row.unsettledSince().isPresent()) {
      ChannelRows.settledUp(c, channel, Optional.empty());
    }
    if (row.attempts() > 0 && row.submitted().compareTo(view.settled()) <= 0) {
      ChannelRows.submitted(c, channel, row.submitted(), 0); // it got through in the end
    } else {
      failed(c, row, view);
    }
    return seen(c, channel);
  }

  private Optional<SeenChannel> seen(Connection c, Hash256 channel) throws SQLException {
    Optional<ChannelRow> row = ChannelRows.find(c, channel);
    if (row.isEmpty()) {
      return Optional.empty();
    }
    ChannelRow r = row.get();
    return Optional.of(
        new SeenChannel(
            r,
            PaymentRows.reserved(c, channel, clock.instant()),
            outbox
                .find(key(channel, r.submitted(), r.attempts()))
                .filter(m -> !m.state().failed())
                .isPresent()));
  }

  /** An amount whose transaction failed, and that nobody settled since, may be submitted again. */
  private void failed(Connection c, ChannelRow row, ChannelView view) throws SQLException {
    if (row.submitted().compareTo(view.settled()) <= 0) {
      return;
    }
    Optional<OutboxMessage> message = outbox.find(key(row.id(), row.submitted(), row.attempts()));
    if (message.filter(m -> m.state().failed()).isEmpty()) {
      return;
    }
    int attempts = row.attempts() + 1;
    LOG.log(
        attempts < ATTEMPTS ? System.Logger.Level.WARNING : System.Logger.Level.ERROR,
        "settling channel {0} at {1} wei failed {2} times{3}: {4}",
        row.id().hex(),
        row.submitted(),
        attempts,
        attempts < ATTEMPTS ? "" : ", and is left to an administrator",
        message.flatMap(OutboxMessage::detail).orElse("no reason known"));
    ChannelRows.submitted(c, row.id(), row.submitted(), attempts);
  }

  private boolean submit(Connection c, Hash256 channel, PaymentRows.Signed voucher, long gas)
      throws SQLException {
    ChannelRow row = ChannelRows.lock(c, channel).orElseThrow(() -> new SQLException("no channel"));
    if (seen(c, channel).filter(s -> s.beyond(voucher.cumulative())).isEmpty()) {
      return false; // another server was faster
    }
    int attempts = row.attempts();
    while (outbox
        .find(key(channel, voucher.cumulative(), attempts))
        .filter(m -> m.state().failed())
        .isPresent()) {
      attempts++; // used up: a lower amount was tried in between
    }
    if (attempts >= ATTEMPTS) {
      return false;
    }
    outbox.submit(
        new ChainIntent(
            key(channel, voucher.cumulative(), attempts),
            row.domain().contract(),
            Wei.ZERO,
            data(row, voucher),
            OptionalLong.of(gas + gas * MARGIN / 100)));
    ChannelRows.submitted(c, channel, voucher.cumulative(), attempts);
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
