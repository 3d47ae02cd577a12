package io.openledger.rollup.payments;

import io.openledger.api.reward.Wei;

/**
 * A channel as a round finds it.
 *
 * @param row with what the chain says now
 * @param held what calls under way hold back
 * @param underWay whether the message that was handed over last may still settle its amount
 */
record SeenChannel(ChannelRow row, Wei held, boolean underWay) {

  /** Whether somebody closes it, and the rest is still there. */
  boolean closing() {
    return row.view().closesAt().isPresent() && !row.view().finished();
  }

  /** Whether settling so much is more than is settled, and than is about to be. */
  boolean beyond(Wei cumulative) {
    return cumulative.compareTo(row.view().settled()) > 0
        && !(underWay && cumulative.compareTo(row.submitted()) <= 0);
  }
}
