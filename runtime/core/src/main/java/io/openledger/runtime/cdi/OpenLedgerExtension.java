package io.openledger.runtime.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.BeforeBeanDiscovery;
import jakarta.enterprise.inject.spi.DefinitionException;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.enterprise.inject.spi.Interceptor;
import jakarta.enterprise.inject.spi.ProcessInjectionPoint;
import jakarta.enterprise.inject.spi.ProcessManagedBean;

/**
 * Makes the API injectable in one application. The packaging of a server registers one instance for
 * each top-level deployment (for an EAR one, not one for each of its modules).
 *
 * <p>It adds the beans and the interceptor as annotated types: the form that needs neither bean
 * archives nor build-compatible extensions in the server's module.
 */
public class OpenLedgerExtension implements Extension {

  private final Declarations declarations = new Declarations();
  private final DeployedApplication application;

  /** For the container: the application's name comes from its naming context. */
  public OpenLedgerExtension() {
    this(new JndiApplicationName());
  }

  OpenLedgerExtension(ApplicationName name) {
    this.application = new DeployedApplication(name, declarations);
  }

  void addBeans(@Observes BeforeBeanDiscovery event) {
    event.addAnnotatedType(Producers.class, Producers.class.getName());
    event.addAnnotatedType(AttributedInterceptor.class, AttributedInterceptor.class.getName());
  }

  void addApplication(@Observes AfterBeanDiscovery event) {
    event
        .<Application>addBean()
        .id(Application.class.getName())
        .beanClass(Application.class)
        .types(Application.class, Object.class)
        .scope(ApplicationScoped.class)
        .createWith(context -> application);
  }

  void checkNames(@Observes ProcessInjectionPoint<?, ?> event) {
    try {
      DeploymentChecks.names(
          event.getInjectionPoint().getQualifiers(), event.getInjectionPoint().getMember());
    } catch (DefinitionException e) {
      event.addDefinitionError(e);
    }
  }

  void readBoundaries(@Observes ProcessManagedBean<?> event) {
    if (event.getBean() instanceof Interceptor) {
      return; // on an interceptor the annotation says what it intercepts
    }
    try {
      DeploymentChecks.boundaries(event.getAnnotatedBeanClass(), declarations);
    } catch (DefinitionException e) {
      event.addDefinitionError(e);
    }
  }

  // The first moment at which a thread of the application runs; beans may resolve it later.
  void resolveName(@Observes @Initialized(ApplicationScoped.class) Object event) {
    application.resolveEarly();
  }
}
