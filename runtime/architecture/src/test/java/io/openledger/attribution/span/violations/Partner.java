package io.openledger.attribution.span.violations;

import io.openledger.attribution.index.violations.Cycle;

/** Half of a cycle of packages. */
public class Partner {
  Cycle other;
}
