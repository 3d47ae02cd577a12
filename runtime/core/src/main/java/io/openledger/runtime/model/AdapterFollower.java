package io.openledger.runtime.model;

import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.Periodic;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/** Looks each interval for what other servers that share the store did with adapters. */
public final class AdapterFollower implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(AdapterFollower.class.getName());

  private final ModelHost models;
  private final Periodic looks;

  /**
   * @param interval zero: never by itself
   */
  public AdapterFollower(ModelHost models, ScheduledExecutorService executor, Duration interval) {
    this.models = models;
    this.looks = new Periodic(this::look, executor, interval);
  }

  /** Begins to look. */
  public void start() {
    looks.start();
  }

  private void look() {
    try {
      models.follow();
    } catch (OpenLedgerException e) {
      LOG.log(System.Logger.Level.DEBUG, "the next interval tries again: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "changes of adapters were not taken up", e);
    }
  }

  @Override
  public void close() {
    looks.close();
  }
}
