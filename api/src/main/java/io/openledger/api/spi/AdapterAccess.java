package io.openledger.api.spi;

import java.util.Set;

/**
 * Who may ask an adapter. To everybody else it does not exist.
 *
 * @param owner the tenant that it belongs to
 * @param granted other tenants that may ask it; {@link #EVERYBODY} among them: all
 */
public record AdapterAccess(String owner, Set<String> granted) {

  /** Stands for every tenant. */
  public static final String EVERYBODY = "*";

  /** For adapters that the server's administrator gives to all. */
  public static final AdapterAccess PUBLIC = new AdapterAccess("", Set.of(EVERYBODY));

  public AdapterAccess {
    granted = Set.copyOf(granted);
  }

  /** Whether a tenant may ask it. */
  public boolean permits(String tenant) {
    return owner.equals(tenant) || granted.contains(tenant) || granted.contains(EVERYBODY);
  }
}
