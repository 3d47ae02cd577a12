package io.openledger.runtime.cdi;

import java.util.List;
import java.util.Optional;
import javax.naming.InitialContext;
import javax.naming.NamingException;

/**
 * Asks the application's naming context.
 *
 * <p>{@code java:app/AppName} is the name of the EAR, or of a module that was deployed alone;
 * {@code java:module/ModuleName} stands in where a server binds only that (Jakarta EE Platform 10,
 * EE.5.15 and EE.5.16).
 */
final class JndiApplicationName implements ApplicationName {

  private static final List<String> NAMES = List.of("java:app/AppName", "java:module/ModuleName");

  @Override
  public Optional<String> find() {
    return NAMES.stream().flatMap(name -> lookUp(name).stream()).findFirst();
  }

  // both names are constants, and servers bind them in a context of their own
  @SuppressWarnings("BanJNDI")
  private static Optional<String> lookUp(String jndiName) {
    try {
      return InitialContext.doLookup(jndiName) instanceof String name && !name.isBlank()
          ? Optional.of(name)
          : Optional.empty();
    } catch (NamingException e) {
      // a thread outside of any application; who calls decides whether that is an error
      return Optional.empty();
    }
  }
}
