package io.openledger.rollup;

import io.openledger.runtime.rollup.Rollup;
import io.openledger.runtime.rollup.RollupEnvironment;
import io.openledger.runtime.rollup.RollupFactory;

/** For {@link java.util.ServiceLoader}. */
public final class ServerRollupFactory implements RollupFactory {

  /** For {@link java.util.ServiceLoader}. */
  public ServerRollupFactory() {}

  @Override
  public Rollup create(RollupEnvironment environment) {
    return new ServerRollup(environment);
  }
}
