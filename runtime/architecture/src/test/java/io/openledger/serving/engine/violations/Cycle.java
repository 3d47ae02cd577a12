package io.openledger.serving.engine.violations;

import io.openledger.serving.adapter.violations.Partner;

/** The other half of a cycle of packages. */
public class Cycle {
  Partner partner;
}
