package io.openledger.serving.engine;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.api.spi.Distribution;
import io.openledger.api.spi.ServingStatus;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the scheduler counts. Written by any thread, read by any. */
final class Meters {

  private static final double SECOND = 1e9;

  private final LongAdder completed = new LongAdder();
  private final LongAdder cancelled = new LongAdder();
  private final LongAdder expired = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder promptTokens = new LongAdder();
  private final LongAdder prefixTokens = new LongAdder();
  private final LongAdder generated = new LongAdder();
  private final Histogram queue = Histogram.ofSeconds();
  private final Histogram firstToken = Histogram.ofSeconds();
  private final Histogram token = Histogram.ofSeconds();
  private final Histogram step = Histogram.ofSeconds();
  private final Histogram size = Histogram.ofSizes();
  private final Histogram distinct = Histogram.ofSizes();

  void refused() {
    refused.increment();
  }

  void admitted(long nanosQueued) {
    queue.record(Math.max(0, nanosQueued) / SECOND);
  }

  /** Tokens of a prompt are in the cache. */
  void read(int tokens, boolean fromPrefix) {
    promptTokens.add(tokens);
    if (fromPrefix) {
      prefixTokens.add(tokens);
    }
  }

  /** A token was handed out: so long after the call if it is the first, else after the former. */
  void generated(boolean first, long nanos) {
    generated.increment();
    (first ? firstToken : token).record(Math.max(0, nanos) / SECOND);
  }

  /** One step that decoded so many sequences. */
  void stepped(long nanos, int sequences, int adapters) {
    step.record(Math.max(0, nanos) / SECOND);
    size.record(sequences);
    distinct.record(adapters);
  }

  void ended(FinishReason reason, @Nullable RuntimeException failure) {
    if (failure == null) {
      (reason == FinishReason.CANCELLED ? cancelled : completed).increment();
    } else {
      boolean late =
          failure instanceof OpenLedgerException e && e.code() == ErrorCode.DEADLINE_EXCEEDED;
      (late ? expired : failed).increment();
    }
  }

  ServingStatus.Requests requests() {
    return new ServingStatus.Requests(
        completed.sum(),
        cancelled.sum(),
        expired.sum(),
        refused.sum(),
        failed.sum(),
        promptTokens.sum(),
        prefixTokens.sum(),
        generated.sum());
  }

  ServingStatus.Times times(Distribution adapterLoad) {
    return new ServingStatus.Times(
        queue.snapshot(), firstToken.snapshot(), token.snapshot(), step.snapshot(), adapterLoad);
  }

  ServingStatus.Batches batches() {
    return new ServingStatus.Batches(size.snapshot(), distinct.snapshot());
  }
}
