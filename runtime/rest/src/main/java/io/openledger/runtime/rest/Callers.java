package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.runtime.Caller;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.util.EnumSet;
import java.util.Set;

/** Turns whom the container authenticated into a caller. */
final class Callers {

  /** The application in whose name users of REST come. */
  static final String APPLICATION = "openledger";

  private Callers() {}

  /** The user, with those of our roles that the container grants. */
  static Caller of(SecurityContext security) {
    Principal principal = security.getUserPrincipal();
    if (principal == null) {
      throw new RequestException(
          ErrorCode.UNAUTHENTICATED,
          null,
          "a request without credentials",
          "users that the server knows",
          "send user and password (HTTP BASIC)");
    }
    Set<Caller.Role> roles = EnumSet.noneOf(Caller.Role.class);
    for (Caller.Role role : Caller.Role.values()) {
      if (security.isUserInRole(role.label())) {
        roles.add(role);
      }
    }
    return Caller.user(APPLICATION, principal.getName(), roles);
  }
}
