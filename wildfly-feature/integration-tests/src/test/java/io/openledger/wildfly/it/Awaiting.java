package io.openledger.wildfly.it;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.function.Predicate;

/** Asks again and again until something is as it should be. */
final class Awaiting {

  private static final Duration LIMIT = Duration.ofSeconds(120);

  /** Between two questions; a server logs each answer of one that is not ready. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  private Awaiting() {}

  /**
   * Waits.
   *
   * @param what is asked; that it cannot be asked yet, as an {@link IOException} says, is waited
   *     for too
   * @return the answer that was wanted
   * @throws AssertionError after {@link #LIMIT}, with what was answered last
   */
  static <T> T until(Callable<T> what, Predicate<T> wanted) throws Exception {
    Instant begin = Instant.now();
    while (true) {
      Object last;
      try {
        T now = what.call();
        if (wanted.test(now)) {
          return now;
        }
        last = now;
      } catch (IOException e) {
        last = e;
      }
      if (Duration.between(begin, Instant.now()).compareTo(LIMIT) > 0) {
        throw new AssertionError("in vain for " + LIMIT + ": " + last);
      }
      Thread.sleep(PAUSE.toMillis());
    }
  }
}
