package io.openledger.runtime.ledger;

import io.openledger.runtime.support.TestDatabase;

/** Epochs on H2 in its default mode. */
class H2EpochTest extends EpochContract {

  @Override
  TestDatabase open() {
    return TestDatabase.h2();
  }
}
