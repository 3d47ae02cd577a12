package io.openledger.runtime;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where the beans of applications find the feature of their server.
 *
 * <p>A static reference, because Open Liberty instantiates CDI extensions itself and offers no way
 * to hand one an object. It lives in the server's module, of which there is one, and is set and
 * cleared by the packaging that starts and stops the feature.
 */
public final class OpenLedgerServers {

  private static final AtomicReference<OpenLedgerServer> CURRENT = new AtomicReference<>();

  private OpenLedgerServers() {}

  /** Publishes the server, or takes it back with empty. */
  public static void publish(Optional<OpenLedgerServer> server) {
    CURRENT.set(server.orElse(null));
  }

  /** The server, if it has started. */
  public static Optional<OpenLedgerServer> find() {
    return Optional.ofNullable(CURRENT.get());
  }

  /**
   * The server.
   *
   * @throws OpenLedgerException {@link ErrorCode#NOT_READY}
   */
  public static OpenLedgerServer require() {
    return find()
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.NOT_READY,
                    "the feature has not started, or is stopping",
                    "calls while it runs",
                    "look at the server's readiness and log"));
  }
}
