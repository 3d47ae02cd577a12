package io.openledger.runtime.ledger;

import io.openledger.api.reward.Epoch;
import io.openledger.runtime.Periodic;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Closes an epoch when what was earned has waited long enough, or is enough. Any number of nodes
 * may look: whether it is time follows from the database, and is looked at again under its lock.
 */
public final class EpochTimer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(EpochTimer.class.getName());
  private static final Duration OFTEN = Duration.ofSeconds(1);
  private static final Duration SELDOM = Duration.ofSeconds(30);

  /** Parts of one epoch that has too many receipts: the rest waits for the next look. */
  private static final int PARTS = 100;

  private final Epochs epochs;
  private final Periodic ticks;
  // of the ticks, of which one begins when the one before has ended
  private Duration waited = Duration.ZERO;

  /** Looks by itself if the settings say when an epoch is to be closed. */
  public EpochTimer(Epochs epochs, ScheduledExecutorService executor) {
    this.epochs = epochs;
    this.ticks =
        new Periodic(
            this::tick, executor, epochs.settings().byThemselves() ? OFTEN : Duration.ZERO);
  }

  /**
   * From one look to the next: so that an epoch is closed at most a twentieth later than it should
   * be, or {@link #OFTEN}. Anew each time, because the chain may say another length.
   */
  static Duration every(Optional<Duration> longest) {
    Duration part = longest.orElse(SELDOM).dividedBy(longest.isEmpty() ? 1 : 20);
    return part.compareTo(OFTEN) < 0 ? OFTEN : part.compareTo(SELDOM) > 0 ? SELDOM : part;
  }

  /** Begins to count. */
  public void start() {
    ticks.start();
  }

  private void tick() {
    waited = waited.plus(OFTEN);
    if (waited.compareTo(every(epochs.longest())) < 0) {
      return;
    }
    waited = Duration.ZERO;
    try {
      Optional<Epoch> closed = epochs.closeIfDue();
      for (int part = 1; closed.isPresent() && part < PARTS; part++) {
        closed = epochs.closeIfDue();
      }
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the epoch could not be closed; the next look tries again: {0}",
          e.getMessage());
    }
  }

  @Override
  public void close() {
    ticks.close();
  }
}
