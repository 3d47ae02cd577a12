package io.openledger.attribution.index.violations;

import io.openledger.attribution.span.violations.Partner;

/** The other half of a cycle of packages. */
public class Cycle {
  Partner partner;
}
