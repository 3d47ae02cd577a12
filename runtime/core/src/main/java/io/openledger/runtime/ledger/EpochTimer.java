package io.openledger.runtime.ledger;

import io.openledger.runtime.Periodic;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/** Closes an epoch each interval in which something was earned. */
public final class EpochTimer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(EpochTimer.class.getName());

  private final Epochs epochs;
  private final Periodic ticks;

  /**
   * @param interval zero: never by itself
   */
  public EpochTimer(Epochs epochs, ScheduledExecutorService executor, Duration interval) {
    this.epochs = epochs;
    this.ticks = new Periodic(this::tick, executor, interval);
  }

  /** Begins to count. */
  public void start() {
    ticks.start();
  }

  private void tick() {
    try {
      if (epochs.due()) {
        epochs.close();
      }
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the epoch could not be closed; the next interval tries again: {0}",
          e.getMessage());
    }
  }

  @Override
  public void close() {
    ticks.close();
  }
}
