package io.openledger.runtime.rollup;

import io.openledger.runtime.OpenLedgerServer.Check;
import java.util.Optional;

/** The services on the rollup, of one server. Safe for any thread. */
public interface Rollup extends AutoCloseable {

  /** Begins to follow the chain and to send, on the environment's executor. Returns at once. */
  void start();

  /** Between L1 and the rollup; empty where no bridge is configured. */
  default Optional<BridgeView> bridge() {
    return Optional.empty();
  }

  /** The readiness check {@code rollup}: what is missing, and why. Waits for nothing. */
  Check readiness();

  /** Stops what runs; what was stored goes on with the next start. Idempotent. */
  @Override
  void close();
}
