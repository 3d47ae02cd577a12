package io.openledger.rollup;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.rollup.outbox.ChainIntent;
import io.openledger.rollup.outbox.Outbox;
import io.openledger.rollup.outbox.OutboxMessage;
import java.util.Optional;

/** Of a server without a key, which reads the chain and sends nothing. */
final class NoOutbox implements Outbox {

  /** Why nothing can be sent. */
  static OpenLedgerException refusal() {
    return new OpenLedgerException(
        ErrorCode.SIGNING_KEY,
        "this server has no key for the chain",
        "a server that has one",
        "set openledger.chain.key");
  }

  @Override
  public OutboxMessage submit(ChainIntent intent) {
    throw refusal();
  }

  @Override
  public Optional<OutboxMessage> find(String businessKey) {
    return Optional.empty();
  }
}
