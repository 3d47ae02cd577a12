package io.openledger.runtime;

import io.openledger.runtime.support.TestDatabase;

/** The store's contract on H2 in its default mode. */
class H2StoreTest extends StoreContract {

  @Override
  TestDatabase open() {
    return TestDatabase.h2();
  }
}
