package io.openledger.runtime;

import io.openledger.api.spi.AttributionEngine;
import io.openledger.runtime.support.PlainAttribution;

/** Questions answered by looking everywhere. */
class PlainSearchTest extends SearchContract {

  @Override
  AttributionEngine engine() {
    return new PlainAttribution();
  }
}
