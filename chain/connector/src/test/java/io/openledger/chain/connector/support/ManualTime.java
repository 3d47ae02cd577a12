package io.openledger.chain.connector.support;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Monotonic time and a wall clock that move when a test says so. Monotonic time begins shortly
 * before it overflows, as {@link System#nanoTime} may.
 */
public final class ManualTime extends Clock implements LongSupplier {

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1_000_000_000);
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** Lets monotonic time and the wall clock go on. */
  public void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    now = now.plus(time);
  }

  /** Sets the wall clock alone, as an administrator or a bad time server does. */
  public void jump(Duration time) {
    now = now.plus(time);
  }

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
