package io.openledger.runtime.rollup;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.OpenLedgerServer;

/** Finding the rollup's services where they are needed. */
public final class Rollups {

  private Rollups() {}

  /**
   * The services of a server.
   *
   * @throws OpenLedgerException {@code CHAIN_UNAVAILABLE} where no chain is attached
   */
  public static Rollup require(OpenLedgerServer server) {
    return server
        .rollup()
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CHAIN_UNAVAILABLE,
                    "a server to which no chain is attached",
                    "servers with a chain",
                    "have an administrator attach one"));
  }
}
