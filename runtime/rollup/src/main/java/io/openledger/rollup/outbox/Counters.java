package io.openledger.rollup.outbox;

import java.util.concurrent.atomic.AtomicLong;

/** What this node's sender has done since it started. */
final class Counters {
  final AtomicLong broadcasts = new AtomicLong();
  final AtomicLong rebroadcasts = new AtomicLong();
  final AtomicLong bumps = new AtomicLong();
  final AtomicLong reorgs = new AtomicLong();
  final AtomicLong moved = new AtomicLong();
  final AtomicLong finalized = new AtomicLong();
  final AtomicLong reverted = new AtomicLong();
  final AtomicLong cancelled = new AtomicLong();
  volatile boolean leaseHeld;
}
