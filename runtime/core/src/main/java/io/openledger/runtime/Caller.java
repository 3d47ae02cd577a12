package io.openledger.runtime;

import io.openledger.api.datanet.Grantee;
import io.openledger.api.reward.AccountId;
import java.util.Optional;
import java.util.Set;

/**
 * Who is asking: an application on this server, or a user of REST.
 *
 * <p>An application is trusted with its own name because the server tells it; a user because the
 * server authenticated it.
 *
 * @param application the deployment's name without its suffix
 * @param user the authenticated user, when the call came through REST
 * @param roles the user's roles of {@link Role}; empty for applications
 */
public record Caller(String application, Optional<String> user, Set<Role> roles) {

  public Caller {
    roles = Set.copyOf(roles);
  }

  /** An application, calling in its own name. */
  public static Caller application(String name) {
    return new Caller(name, Optional.empty(), Set.of());
  }

  /** A user of REST. */
  public static Caller user(String application, String user, Set<Role> roles) {
    return new Caller(application, Optional.of(user), roles);
  }

  /** In whose name rights are held and datanets are owned. */
  public Grantee grantee() {
    return user.map(Grantee::user).orElseGet(() -> Grantee.application(application));
  }

  /** As adapters know it: whose they are, and whom they are granted to. */
  public String tenant() {
    return grantee().toString();
  }

  /** Who pays for answers. */
  public AccountId payer() {
    return new AccountId(AccountId.Kind.PAYER, grantee().toString());
  }

  /** Whether the caller has the role. */
  public boolean is(Role role) {
    return roles.contains(role) || roles.contains(Role.ADMIN);
  }

  /** Roles as servers know them: {@code openledger-} and the name. An admin has them all. */
  public enum Role {
    /** Runs the server. */
    ADMIN,
    /** Builds adapters. */
    BUILDER,
    /** Contributes. */
    CONTRIBUTOR,
    /** Accepts and retracts. */
    CURATOR,
    /** Exports any report and sees any receipt. */
    COMPLIANCE,
    /** Asks models. */
    USER;

    /** As the server spells it. */
    public String label() {
      return "openledger-" + name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
