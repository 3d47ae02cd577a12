package io.openledger.wildfly.it;

import java.time.Duration;
import java.time.Instant;

/**
 * Waits until the base model and its adapter are loaded, which goes on after the server's start.
 */
final class Ready {

  private static final Duration LIMIT = Duration.ofSeconds(90);

  private Ready() {}

  /** From outside: until the server says so itself. */
  static Rest.Reply await(Rest rest) {
    Instant begin = Instant.now();
    while (true) {
      try {
        Rest.Reply reply = rest.management("/health/ready");
        // before our checks are there, the server says UP for what it has
        if (reply.status() == 200 && reply.body().contains("\"openledger\"")) {
          return reply;
        }
        pause(begin, reply.body());
      } catch (java.io.IOException e) {
        pause(begin, e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  private static void pause(Instant begin, String last) {
    if (Duration.between(begin, Instant.now()).compareTo(LIMIT) > 0) {
      throw new IllegalStateException("not ready after " + LIMIT + ": " + last);
    }
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
