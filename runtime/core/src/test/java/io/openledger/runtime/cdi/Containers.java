package io.openledger.runtime.cdi;

import java.util.Optional;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;

/** Starts a CDI container that holds the extension and the beans named, and nothing else. */
final class Containers {

  private Containers() {}

  static WeldContainer start(Class<?>... beans) {
    return start(() -> Optional.of("clause-desk"), beans);
  }

  static WeldContainer start(ApplicationName name, Class<?>... beans) {
    return new Weld()
        .disableDiscovery()
        .addExtension(new OpenLedgerExtension(name))
        .addBeanClasses(beans)
        .initialize();
  }
}
