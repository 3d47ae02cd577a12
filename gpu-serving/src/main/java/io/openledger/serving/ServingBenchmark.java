package io.openledger.serving;

import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Sampling;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures an engine: time to load, tokens a second with the base model and with an adapter, one
 * request and many at a time.
 *
 * <p>{@code java -cp … io.openledger.serving.ServingBenchmark CHECKPOINT [ADAPTER [PROMPT]]}
 */
public final class ServingBenchmark {

  private static final int TOKENS = 100;
  private static final int ROUNDS = 10;
  private static final int BATCH = 16;
  private static final ModelId ADAPTER = new ModelId("adapter");

  private ServingBenchmark() {}

  /**
   * @param arguments the checkpoint's folder, an adapter's folder, a prompt
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 1 || arguments.length > 3) {
      throw new IllegalArgumentException("arguments: CHECKPOINT [ADAPTER [PROMPT]]");
    }
    String prompt = arguments.length > 2 ? arguments[2] : "Duty of care:";
    ExecutorService threads = Executors.newCachedThreadPool();
    long start = System.nanoTime();
    try (ServingEngine engine =
        new OnnxServingEngineFactory().open(settings(Path.of(arguments[0])), threads)) {
      System.out.printf(
          Locale.ROOT,
          "load %.3f s, weights %.1f MiB, KV cache %.1f MiB%n",
          seconds(start),
          engine.status().memory().weights() / 1048576.0,
          engine.status().memory().cache() / 1048576.0);
      measure(engine, "base", new Request(Optional.empty(), prompt, endless(0)), threads);
      if (arguments.length > 1) {
        long registering = System.nanoTime();
        engine.register(ADAPTER, Path.of(arguments[1]));
        System.out.printf(Locale.ROOT, "register adapter %.1f ms%n", 1000 * seconds(registering));
        Request request = new Request(Optional.of(ADAPTER), prompt, endless(0));
        measure(engine, "adapter", request, threads);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static Settings settings(Path checkpoint) throws IOException {
    Path cache =
        Files.createDirectories(
            Path.of(System.getProperty("java.io.tmpdir"), "openledger-benchmark"));
    return new Settings(new ModelId("base"), checkpoint, cache, new Limits(8, 64, BATCH, 0, 64), 0);
  }

  /** Hot, so that an answer seldom ends early; the same seed gives the same answer. */
  private static GenerationOptions endless(long seed) {
    return GenerationOptions.of(TOKENS, Sampling.at(1), OptionalLong.of(seed), List.of());
  }

  private static void measure(
      ServingEngine engine, String name, Request request, ExecutorService threads)
      throws InterruptedException, ExecutionException {
    engine.generate(request, delta -> true);
    int tokens = 0;
    double first = 0;
    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      Generation answer = answer(engine, request, round);
      tokens += answer.usage().completionTokens();
      first += answer.firstToken().toNanos() / 1e6 / ROUNDS;
    }
    double alone = seconds(start);
    System.out.printf(
        Locale.ROOT,
        "%s, batch 1: %.0f tokens/s, %d tokens in %.3f s, first token after %.1f ms%n",
        name,
        tokens / alone,
        TOKENS,
        alone / tokens * TOKENS,
        first);
    start = System.nanoTime();
    List<Future<Generation>> answers = new ArrayList<>();
    for (int i = 0; i < 2 * BATCH; i++) {
      long seed = i;
      answers.add(threads.submit(() -> answer(engine, request, seed)));
    }
    tokens = 0;
    for (Future<Generation> answer : answers) {
      tokens += answer.get().usage().completionTokens();
    }
    System.out.printf(
        Locale.ROOT, "%s, batch %d: %.0f tokens/s%n", name, BATCH, tokens / seconds(start));
  }

  private static Generation answer(ServingEngine engine, Request request, long seed) {
    Generation answer =
        engine.generate(
            new Request(
                request.adapters(), request.prompt(), endless(seed), false, request.scheduling()),
            delta -> true);
    if (answer.finishReason() == FinishReason.CANCELLED) {
      throw new IllegalStateException("an answer was cancelled");
    }
    return answer;
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
