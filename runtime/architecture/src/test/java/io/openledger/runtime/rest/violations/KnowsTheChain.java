package io.openledger.runtime.rest.violations;

import io.openledger.rollup.outbox.Outbox;
import org.web3j.protocol.core.Request;

/** REST that sends to the chain itself. */
class KnowsTheChain {
  Outbox outbox;
  Request<?, ?> request;
}
