package io.openledger.runtime.cdi;

import io.openledger.runtime.Caller;
import io.openledger.runtime.OpenLedgerServer;
import java.lang.reflect.Method;

/**
 * The deployed application that the beans act for. One for each deployment; safe for any thread.
 *
 * <p>Public for CDI containers alone, which define its client proxy and may do so in another class
 * loader. Applications do not see this package.
 */
public interface Application {

  /**
   * The application as a caller.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#UNAUTHENTICATED} when its name has not been resolved yet and
   *     the current thread is not one of the application's
   */
  Caller caller();

  /**
   * The server, looked up now.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#NOT_READY}
   */
  OpenLedgerServer server();

  /**
   * What the boundary around a method declares.
   *
   * @param target the class of the intercepted instance, or a subclass that the container made
   * @param method the intercepted method
   */
  Declaration declaration(Class<?> target, Method method);
}
