package io.openledger.rollup.payments;

import io.openledger.api.BusyException;
import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.ChannelState;
import io.openledger.chain.connector.payments.PaymentChannelContract;
import io.openledger.chain.connector.rpc.Finality;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Looks at channels on the chain. Requests wait for it only where a channel is not known or its row
 * is old; a few at a time, so that strangers with made-up channels do not hold up everybody's
 * endpoints. Safe for any thread.
 */
final class ChannelLookup {

  private static final int TOGETHER = 4;

  private final PaymentChannelContract contract;
  private final boolean early;
  private final Clock clock;
  private final Semaphore looking = new Semaphore(TOGETHER);

  /**
   * @param early whether deposits in safe blocks are asked for as well
   */
  ChannelLookup(PaymentChannelContract contract, boolean early, Clock clock) {
    this.contract = contract;
    this.early = early;
    this.clock = clock;
  }

  /** Looks, for a request. */
  ChannelView forRequest(Hash256 channel) {
    if (!looking.tryAcquire()) {
      throw new BusyException(
          "a channel that has to be looked up on the chain, while " + TOGETHER + " others are",
          TOGETHER + " at a time",
          Duration.ofSeconds(1));
    }
    try {
      return look(channel);
    } finally {
      looking.release();
    }
  }

  /** Looks: three questions at most. */
  ChannelView look(Hash256 channel) {
    ChannelState newest = contract.state(channel, Finality.UNSAFE);
    ChannelState finalized = contract.state(channel, Finality.FINALIZED);
    Wei deposit = finalized.deposit();
    Wei safe = early ? contract.state(channel, Finality.SAFE).deposit() : deposit;
    return new ChannelView(
        deposit,
        safe,
        newest.settled(),
        newest.closesAt(),
        newest.finished() || finalized.finished(),
        clock.instant());
  }
}
