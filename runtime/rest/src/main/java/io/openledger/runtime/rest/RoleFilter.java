package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.runtime.Caller;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Checks {@link Allowed}. A method that does not say who may call it is refused to everyone. */
@Provider
@Priority(Priorities.AUTHORIZATION)
public class RoleFilter implements ContainerRequestFilter {

  @Context
  @SuppressWarnings("NullAway.Init") // set by the container before it is used
  private ResourceInfo resource;

  @Override
  public void filter(ContainerRequestContext request) {
    Method method = resource.getResourceMethod();
    Allowed allowed = method == null ? null : method.getAnnotation(Allowed.class);
    if (allowed != null && allowed.payers()) {
      return;
    }
    Caller caller = Callers.of(request.getSecurityContext());
    if (allowed == null) {
      throw forbidden("nobody");
    }
    Caller.Role[] roles = allowed.value().length == 0 ? Caller.Role.values() : allowed.value();
    if (!caller.is(Caller.Role.ADMIN) && Arrays.stream(roles).noneMatch(caller::is)) {
      throw forbidden(
          Arrays.stream(roles).map(Caller.Role::label).collect(Collectors.joining(" or ")));
    }
  }

  private static RequestException forbidden(String who) {
    return new RequestException(
        ErrorCode.FORBIDDEN,
        null,
        "a user without the role",
        who,
        "have an administrator give the role to the user");
  }
}
