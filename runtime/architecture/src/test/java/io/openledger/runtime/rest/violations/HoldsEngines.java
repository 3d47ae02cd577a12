package io.openledger.runtime.rest.violations;

import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.chain.CumulativeSettlement;
import io.openledger.serving.OnnxServingEngineFactory;

/** A service that is bound to the engines of today. */
class HoldsEngines {
  SpanAttributionEngine attribution;
  OnnxServingEngineFactory serving;
  CumulativeSettlement settlement;
}
