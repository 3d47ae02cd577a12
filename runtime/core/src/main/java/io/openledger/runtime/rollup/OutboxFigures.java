package io.openledger.runtime.rollup;

/**
 * The outbox in numbers. Gauges are of the whole cluster, counters of this node since it started.
 *
 * @param waiting messages that are not final
 * @param inFlight of these, those that a node was told of and that are in no block
 * @param oldestSeconds how long the oldest of the waiting has waited, in whole seconds
 * @param broadcasts bytes told for the first time
 * @param rebroadcasts bytes told again
 * @param bumps raises of fees, and cancellations, that were signed
 * @param reorgs messages whose block was taken back
 * @param moved messages that were signed for another nonce
 * @param finalized messages that became final and had their effect
 * @param reverted messages that became final and were reverted
 * @param cancelled messages that became final and were taken back
 * @param leaseHeld whether this node sends
 */
public record OutboxFigures(
    long waiting,
    long inFlight,
    long oldestSeconds,
    long broadcasts,
    long rebroadcasts,
    long bumps,
    long reorgs,
    long moved,
    long finalized,
    long reverted,
    long cancelled,
    boolean leaseHeld) {}
