package io.openledger.rollup.outbox;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SigningPayload;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Signs as {@link Nodes#signer} does, and takes a time of the test's clock for it. */
final class SlowSigner implements Signer {

  private final Signer signer = Nodes.signer(1);
  private final AtomicInteger signed = new AtomicInteger();
  private final AtomicLong nanos;
  private final Duration takes;

  SlowSigner(AtomicLong nanos, Duration takes) {
    this.nanos = nanos;
    this.takes = takes;
  }

  int signed() {
    return signed.get();
  }

  @Override
  public ChainAddress address() {
    return signer.address();
  }

  @Override
  public Signature sign(SigningPayload payload) {
    nanos.addAndGet(takes.toNanos());
    signed.incrementAndGet();
    return signer.sign(payload);
  }

  @Override
  public void close() {
    signer.close();
  }
}
