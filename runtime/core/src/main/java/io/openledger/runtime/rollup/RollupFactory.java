package io.openledger.runtime.rollup;

/** Found with {@link java.util.ServiceLoader}. Stateless. */
public interface RollupFactory {

  /**
   * Puts the services together; nothing is asked of the chain yet.
   *
   * @throws io.openledger.api.OpenLedgerException {@code CONFIGURATION_INVALID}
   */
  Rollup create(RollupEnvironment environment);
}
