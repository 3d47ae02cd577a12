package io.openledger.serving.cli;

import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Asks an engine from many threads and counts its tokens. */
final class Load {

  private final ExecutorService threads;

  Load(ExecutorService threads) {
    this.threads = threads;
  }

  /**
   * Tokens a second while so many requests are in flight: from the first call until no request is
   * left to be sent, so that the tail of ever fewer requests does not count.
   */
  double rate(ServingEngine engine, List<Request> requests, int inFlight)
      throws InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger();
    AtomicLong dry = new AtomicLong();
    AtomicLong tokens = new AtomicLong();
    long before = generated(engine);
    long start = System.nanoTime();
    all(
        inFlight,
        () -> {
          for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
            engine.generate(requests.get(i), delta -> true);
          }
          if (dry.compareAndSet(0, System.nanoTime())) {
            tokens.set(generated(engine) - before);
          }
          return 0;
        });
    return tokens.get() / ((dry.get() - start) / 1e9);
  }

  /**
   * Tokens a second of one batch: all requests begin together, and what counts is from when the
   * last one has its first token until the first one ends, so that the batch is whole all the time;
   * empty when one ended before the last one began.
   */
  OptionalDouble whole(ServingEngine engine, List<Request> requests)
      throws InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger begun = new AtomicInteger();
    AtomicLong start = new AtomicLong();
    AtomicLong end = new AtomicLong();
    AtomicLong first = new AtomicLong();
    AtomicLong last = new AtomicLong();
    all(
        requests.size(),
        () -> {
          boolean[] heard = new boolean[1];
          engine.generate(
              requests.get(next.getAndIncrement()),
              delta -> {
                if (!heard[0]) {
                  heard[0] = true;
                  if (begun.incrementAndGet() == requests.size()) {
                    first.set(generated(engine));
                    start.set(System.nanoTime());
                  }
                }
                return true;
              });
          if (end.compareAndSet(0, System.nanoTime())) {
            last.set(generated(engine));
          }
          return 0;
        });
    if (start.get() == 0 || end.get() <= start.get() || last.get() <= first.get()) {
      return OptionalDouble.empty();
    }
    return OptionalDouble.of((last.get() - first.get()) / ((end.get() - start.get()) / 1e9));
  }

  /** Seconds that all requests take, so many at a time. */
  double seconds(ServingEngine engine, List<Request> requests, int inFlight)
      throws InterruptedException, ExecutionException {
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    all(
        inFlight,
        () -> {
          for (int i = next.getAndIncrement(); i < requests.size(); i = next.getAndIncrement()) {
            engine.generate(requests.get(i), delta -> true);
          }
          return 0;
        });
    return (System.nanoTime() - start) / 1e9;
  }

  /** Tokens a second of one answer, its first one left out: reading the prompt is not decoding. */
  static double decode(ServingEngine engine, Request request) {
    long start = System.nanoTime();
    Generation answer = engine.generate(request, delta -> true);
    double seconds = (System.nanoTime() - start - answer.firstToken().toNanos()) / 1e9;
    return (answer.usage().completionTokens() - 1) / seconds;
  }

  private void all(int clients, Callable<Integer> client)
      throws InterruptedException, ExecutionException {
    List<Future<Integer>> running = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      running.add(threads.submit(client));
    }
    for (Future<Integer> each : running) {
      each.get();
    }
  }

  private static long generated(ServingEngine engine) {
    return engine.status().requests().generatedTokens();
  }
}
