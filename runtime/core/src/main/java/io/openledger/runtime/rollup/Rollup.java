package io.openledger.runtime.rollup;

import io.openledger.runtime.OpenLedgerServer.Check;

/** The services on the rollup, of one server. Safe for any thread. */
public interface Rollup extends AutoCloseable {

  /** Begins to follow the chain and to send, on the environment's executor. Returns at once. */
  void start();

  /** The readiness check {@code rollup}: what is missing, and why. Waits for nothing. */
  Check readiness();

  /** Stops what runs; what was stored goes on with the next start. Idempotent. */
  @Override
  void close();
}
