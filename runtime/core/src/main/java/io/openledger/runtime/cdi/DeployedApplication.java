package io.openledger.runtime.cdi;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.OpenLedgerServers;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the application's name once, on the first thread that can, and keeps it: threads of the
 * application's own making have no naming context.
 */
final class DeployedApplication implements Application {

  private final ApplicationName name;
  private final Declarations declarations;
  private volatile @Nullable Caller caller;

  DeployedApplication(ApplicationName name, Declarations declarations) {
    this.name = name;
    this.declarations = declarations;
  }

  /** Tries to resolve the name; without success nothing happens. */
  void resolveEarly() {
    resolve();
  }

  @Override
  public Caller caller() {
    return resolve()
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.UNAUTHENTICATED,
                    "a call on a thread that does not know which application it belongs to",
                    "threads of the container; any thread, once a container's thread has called",
                    "use a ManagedExecutorService of Jakarta Concurrency for background work"));
  }

  // Two threads may resolve at the same time; they find the same name.
  private Optional<Caller> resolve() {
    Caller known = caller;
    if (known == null) {
      known = name.find().map(Caller::application).orElse(null);
      caller = known;
    }
    return Optional.ofNullable(known);
  }

  @Override
  public OpenLedgerServer server() {
    return OpenLedgerServers.require();
  }

  @Override
  public Declaration declaration(Class<?> target, Method method) {
    return declarations.of(target, method);
  }
}
