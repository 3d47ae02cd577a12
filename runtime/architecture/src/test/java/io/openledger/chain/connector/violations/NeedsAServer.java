package io.openledger.chain.connector.violations;

import io.openledger.runtime.OpenLedgerServer;
import jakarta.inject.Inject;

/** A connector that a program cannot have. */
class NeedsAServer {
  @Inject OpenLedgerServer server;
}
