package io.openledger.runtime.rest.violations;

import io.openledger.runtime.store.violations.Partner;

/** The other half of a cycle of packages. */
public class Cycle {
  Partner partner;
}
