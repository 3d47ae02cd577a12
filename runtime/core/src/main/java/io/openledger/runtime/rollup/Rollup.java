package io.openledger.runtime.rollup;

import io.openledger.runtime.OpenLedgerServer.Check;
import java.util.Optional;

/** The services on the rollup, of one server. Safe for any thread. */
public interface Rollup extends AutoCloseable {

  /** Begins to follow the chain and to send, on the environment's executor. Returns at once. */
  void start();

  /** Payments call by call; empty where none are configured. */
  Optional<Payments> payments();

  /** The readiness check {@code rollup}: what is missing, and why. Waits for nothing. */
  Check readiness();

  /** Stops what runs; what was stored goes on with the next start. Idempotent. */
  @Override
  void close();
}
