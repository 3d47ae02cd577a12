package io.openledger.runtime.cdi;

import io.openledger.api.Attributed;
import io.openledger.runtime.Boundary;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.AroundTimeout;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.io.Serializable;

/**
 * Surrounds an {@link Attributed} method with its boundary, and binds the receipts to its result.
 *
 * <p>It runs inside {@code @Transactional} (priority 200), so the receipts that it binds belong to
 * the transaction that is about to commit. It would work outside just as well: it neither begins
 * nor ends a transaction; what joins one is the model call. An exception passes through unchanged,
 * the boundary is left in every case.
 *
 * <p>Serializable because an interceptor of a bean that passivates is passivated with it.
 */
@Attributed
@Interceptor
@Priority(Interceptor.Priority.LIBRARY_BEFORE + 10)
public class AttributedInterceptor implements Serializable {

  private static final long serialVersionUID = 1L;

  // a client proxy, which containers make serializable
  @SuppressWarnings("serial")
  private final Application application;

  /** Made by the container. */
  @Inject
  public AttributedInterceptor(Application application) {
    this.application = application;
  }

  /** Runs the method inside its boundary. */
  @AroundInvoke
  @AroundTimeout
  public Object surround(InvocationContext invocation) throws Exception {
    Declaration declaration =
        application.declaration(invocation.getTarget().getClass(), invocation.getMethod());
    try (Boundary boundary = declaration.enter()) {
      Object result = invocation.proceed();
      return result instanceof Attributed.Result<?> unbound
          ? new Attributed.Result<>(unbound.value(), boundary.receipts())
          : result;
    }
  }
}
