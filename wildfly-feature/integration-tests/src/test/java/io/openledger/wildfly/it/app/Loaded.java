package io.openledger.wildfly.it.app;

import io.openledger.api.model.ModelRegistry;
import java.time.Duration;
import java.time.Instant;

/** Waits inside the server until the base model and its adapter are loaded. */
public final class Loaded {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  private Loaded() {}

  /** Returns when both can be asked. */
  public static void await(ModelRegistry models) {
    Instant begin = Instant.now();
    while (models.list().size() < 2) {
      if (Duration.between(begin, Instant.now()).compareTo(LIMIT) > 0) {
        throw new IllegalStateException("no model is loaded after " + LIMIT);
      }
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
