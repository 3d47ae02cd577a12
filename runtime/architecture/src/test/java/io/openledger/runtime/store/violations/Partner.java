package io.openledger.runtime.store.violations;

import io.openledger.runtime.rest.violations.Cycle;

/** Half of a cycle of packages. */
public class Partner {
  Cycle other;
}
