package io.openledger.api.spi;

import io.openledger.api.OpenLedgerException;
import java.time.Duration;
import java.util.Optional;

/**
 * When a request's turn comes.
 *
 * @param tenant on whose account; tenants that wait share the engine fairly
 * @param priority −10 to 10; a higher one goes first, 0 is usual
 * @param deadline from the call on; when it passes, the request ends with {@link
 *     io.openledger.api.ErrorCode#DEADLINE_EXCEEDED}
 */
public record Scheduling(String tenant, int priority, Optional<Duration> deadline) {

  /** Nobody in particular, at the usual priority, without a deadline. */
  public static final Scheduling USUAL = new Scheduling("", 0, Optional.empty());

  public Scheduling {
    if (priority < -10 || priority > 10) {
      throw OpenLedgerException.invalid("priority", priority, "-10 to 10");
    }
    if (deadline.filter(d -> d.isNegative() || d.isZero()).isPresent()) {
      throw OpenLedgerException.invalid("deadline", deadline.get(), "a time above 0");
    }
  }

  /** The usual priority for a tenant. */
  public static Scheduling of(String tenant) {
    return new Scheduling(tenant, 0, Optional.empty());
  }
}
