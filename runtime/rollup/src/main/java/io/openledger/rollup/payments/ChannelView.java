package io.openledger.rollup.payments;

import io.openledger.api.reward.Wei;
import java.time.Instant;
import java.util.Optional;

/**
 * What was seen of a channel on the chain.
 *
 * @param deposit in finalized blocks
 * @param earlyDeposit in safe blocks; that of finalized ones where nothing less is taken
 * @param settled in the newest block
 * @param closesAt in the newest block: when the payer can take the rest
 * @param finished in the newest block: whether the rest was taken
 * @param at when it was looked
 */
record ChannelView(
    Wei deposit,
    Wei earlyDeposit,
    Wei settled,
    Optional<Instant> closesAt,
    boolean finished,
    Instant at) {

  /**
   * The deposit that counts.
   *
   * @param early most of it that need not be finalized
   */
  Wei usable(Wei early) {
    if (earlyDeposit.compareTo(deposit) <= 0) {
      return deposit;
    }
    Wei reach = new Wei(deposit.value().add(early.value()).min(earlyDeposit.value()));
    return reach.compareTo(deposit) > 0 ? reach : deposit;
  }

  boolean open() {
    return closesAt.isEmpty() && !finished;
  }
}
