package io.openledger.serving.adapter.violations;

import io.openledger.serving.engine.violations.Cycle;

/** Half of a cycle of packages. */
public class Partner {
  Cycle other;
}
