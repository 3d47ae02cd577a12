package io.openledger.chain.merkle.violations;

import io.openledger.chain.epoch.violations.Partner;

/** The other half of a cycle of packages. */
public class Cycle {
  Partner partner;
}
