package io.openledger.chain.epoch.violations;

import io.openledger.chain.merkle.violations.Cycle;

/** Half of a cycle of packages. */
public class Partner {
  Cycle other;
}
