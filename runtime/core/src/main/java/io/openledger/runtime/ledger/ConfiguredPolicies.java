package io.openledger.runtime.ledger;

import io.openledger.api.reward.FeeSplit;
import io.openledger.runtime.ledger.ChainTerms.NamedPolicy;

/** Tells a policy of this server's configuration by the hash that a chain has of it. */
@FunctionalInterface
public interface ConfiguredPolicies {

  /**
   * Whether a server with this configuration could follow a chain that names a policy: whether a
   * configured one has its rules.
   *
   * @param split that the chain has beside it
   */
  boolean have(NamedPolicy named, FeeSplit split);
}
