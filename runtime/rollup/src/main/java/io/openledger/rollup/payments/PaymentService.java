package io.openledger.rollup.payments;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.runtime.Periodic;
import io.openledger.runtime.rollup.Payments;
import io.openledger.runtime.store.Store;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Payments of one server: admission for REST, and rounds that look at channels and settle them.
 * Safe for any thread.
 */
public final class PaymentService implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(PaymentService.class.getName());

  private final PaymentChannelContract contract;
  private final ChannelPayments payments;
  private final ChannelSettling settling;
  private final Holds holds = new Holds();
  private final Periodic rounds;
  private final Periodic renewals;
  private volatile @Nullable Optional<ChainAddress> asset;

  /**
   * Asks nothing of the chain but its id.
   *
   * @param contract the {@code PaymentChannel}, as the address book has it
   * @param random draws nonces and the secret of quotes: a {@link java.security.SecureRandom}
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if the endpoints are of another chain
   */
  public PaymentService(
      PaymentSettings settings,
      ChainAddress contract,
      ChainClient chain,
      Outbox outbox,
      Store store,
      ScheduledExecutorService executor,
      Clock clock,
      RandomGenerator random) {
    ChannelDomain domain = ChannelDomain.of(chain.chainId(), contract);
    this.contract = new PaymentChannelContract(chain, domain);
    ChannelLookup lookup = new ChannelLookup(this.contract, settings.early().isPresent(), clock);
    this.payments =
        new ChannelPayments(
            settings,
            domain,
            this::asset,
            store,
            new Quotes(store, domain, random),
            lookup,
            holds,
            clock);
    this.settling =
        new ChannelSettling(settings, this.contract, chain, lookup, store, outbox, clock);
    this.rounds = new Periodic(this::tick, executor, settings.times().check());
    // by itself, because a round waits for the chain
    this.renewals =
        new Periodic(holds::renew, executor, settings.times().reservation().dividedBy(4));
  }

  private Optional<ChainAddress> asset() {
    Optional<ChainAddress> known = asset;
    if (known == null) {
      known = contract.asset();
      asset = known;
    }
    return known;
  }

  /** What REST sees. */
  public Payments payments() {
    return payments;
  }

  /** Begins to look at channels, and to hold back the prices of answers that are being made. */
  public void start() {
    renewals.start();
    rounds.start();
  }

  /** One round now: looks at channels that owe something, and settles what is due. */
  public void round() {
    settling.round();
  }

  /** Holds back anew the prices of the answers that this server is making. */
  void renew() {
    holds.renew();
  }

  private void tick() {
    try {
      settling.round();
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "channels are looked at again in the next round: {0}",
          e.getMessage());
    }
  }

  @Override
  public void close() {
    rounds.close();
    renewals.close();
  }
}
