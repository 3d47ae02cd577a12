package io.openledger.runtime.rest.violations;

import org.jboss.violations.ServerClass;

/** A service that runs on one server only. */
class KnowsAServer {
  ServerClass server;
}
