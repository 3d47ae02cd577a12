package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.Scheduling;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Listener;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngine.WeightedAdapter;
import io.openledger.api.spi.ServingEngineFactory.Device;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.MemoryLimits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import io.openledger.api.spi.ServingStatus;
import io.openledger.serving.model.Checkpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Prompts of several pieces, kept beginnings and a small KV cache, on the real decoder. */
@Timeout(120)
class ServingScheduleTest {

  private static final ModelId BASE = new ModelId("tiny");
  private static final Listener ALL = delta -> true;
  private static final int CONTEXT = 512;
  // Two layers of two heads of eight, keys and values, four bytes.
  private static final int TOKEN_BYTES = 2 * 2 * 2 * 8 * 4;

  @TempDir static Path natives;
  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Checkpoint checkpoint;

  @BeforeEach
  void write() throws Exception {
    JsonObject config = TinyModel.config();
    config.add("eos_token_id", null);
    config.addProperty("max_position_embeddings", CONTEXT);
    checkpoint = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "F32", 3));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private ServingEngine open(int batch, int queue, long cache, long prefixes) throws Exception {
    ServingEngine engine =
        new OnnxServingEngineFactory()
            .open(
                new Settings(
                    BASE,
                    checkpoint.folder(),
                    natives,
                    WeightFormat.STORED,
                    Device.CPU,
                    new Limits(2, 32, batch, 0, queue),
                    new MemoryLimits(cache, prefixes, 0),
                    1),
                threads);
    for (int i = 1; i <= 3; i++) {
      Path adapter = TinyModel.writeAdapter(folder.resolve("a" + i), checkpoint, 4 * i, i);
      engine.register(new ModelId("a" + i), adapter);
    }
    return engine;
  }

  private static Request request(String prompt, int adapter, int tokens, Scheduling scheduling) {
    List<WeightedAdapter> adapters =
        adapter == 0 ? List.of() : List.of(new WeightedAdapter(new ModelId("a" + adapter), 1));
    return new Request(
        adapters, prompt, GenerationOptions.sampled(tokens, 1.1, tokens), false, scheduling);
  }

  @Test
  void answersTheSameWithAndWithoutBatchMatesPrefixesAndRoom() throws Exception {
    long seed = 20261125;
    Random random = new Random(seed);
    List<Request> requests = new ArrayList<>();
    String system = "You draft clauses; answer briefly, and cite what you rely on. ".repeat(3);
    for (int i = 0; i < 60; i++) {
      String beginning = system.substring(0, random.nextInt(3) * 90);
      String prompt = beginning + "question " + "and more of it ".repeat(random.nextInt(12));
      Scheduling scheduling = Scheduling.of("tenant" + random.nextInt(2));
      requests.add(request(prompt, random.nextInt(4), 1 + random.nextInt(40), scheduling));
    }
    List<Generation> alone = new ArrayList<>();
    try (ServingEngine engine = open(1, 100, 0, 0)) {
      for (Request request : requests) {
        alone.add(engine.generate(request, ALL));
      }
      assertThat(engine.status().requests().prefixTokens()).isZero();
      assertThat(engine.status().memory().prefixes()).isZero();
    }
    // Room for everything, and hardly room for two of the longest; all prefixes, and few.
    long[][] memory = {{0, 1 << 20}, {900 * TOKEN_BYTES, 5 * 64 * TOKEN_BYTES}};
    for (long[] each : memory) {
      try (ServingEngine engine = open(6, 100, each[0], each[1])) {
        List<Future<Generation>> together = new ArrayList<>();
        for (Request request : requests) {
          together.add(threads.submit(() -> engine.generate(request, ALL)));
        }
        for (int i = 0; i < requests.size(); i++) {
          Generation answer = together.get(i).get();
          assertThat(answer.text())
              .as("seed %d, request %d", seed, i)
              .isEqualTo(alone.get(i).text());
          assertThat(answer.usage()).isEqualTo(alone.get(i).usage());
        }
        ServingStatus status = engine.status();
        assertThat(status.requests().completed()).isEqualTo(60);
        assertThat(status.requests().promptTokens())
            .isEqualTo(alone.stream().mapToLong(a -> a.usage().promptTokens()).sum());
        assertThat(status.requests().prefixTokens()).isPositive();
        assertThat(status.memory().prefixes()).isBetween(1L, each[1]);
        assertThat(status.memory().cache())
            .isBetween(1L, each[0] == 0 ? 6L * CONTEXT * TOKEN_BYTES : each[0]);
        assertThat(status.times().firstToken().count()).isEqualTo(60);
        assertThat(status.times().queue().count()).isEqualTo(60);
        assertThat(status.times().token().count())
            .isEqualTo(status.requests().generatedTokens() - 60);
        assertThat(status.batches().size().most()).isBetween(2.0, 6.0);
        assertThat(status.batches().distinctAdapters().most()).isEqualTo(2);
        assertThat(status.times().step().count()).isEqualTo(status.batches().size().count());
      }
    }
  }

  @Test
  void endsAfterItsDeadlineAndCountsIt() throws Exception {
    try (ServingEngine engine = open(1, 10, 0, 0)) {
      Scheduling hurried = new Scheduling("", 0, Optional.of(Duration.ofNanos(1)));
      assertThatThrownBy(() -> engine.generate(request("late", 0, 5, hurried), ALL))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.DEADLINE_EXCEEDED));
      assertThat(engine.status().requests().expired()).isEqualTo(1);
      Scheduling patient = new Scheduling("", 0, Optional.of(Duration.ofDays(30)));
      assertThat(engine.generate(request("early", 0, 5, patient), ALL).usage().completionTokens())
          .isEqualTo(5);
    }
  }

  @Test
  void statesTheContextThatItsKvCacheHasRoomFor() throws Exception {
    try (ServingEngine engine = open(4, 10, 100 * TOKEN_BYTES, 0)) {
      assertThat(engine.base().contextLength()).isEqualTo(100);
      assertThatThrownBy(
              () -> engine.generate(request("x".repeat(100), 0, 5, Scheduling.USUAL), ALL))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PROMPT_TOO_LONG));
      Generation answer = engine.generate(request("x".repeat(50), 0, 500, Scheduling.USUAL), ALL);
      assertThat(answer.usage().totalTokens()).isEqualTo(100);
    }
  }

  @Test
  void saysWhenToComeBackWhenItsQueueIsFull() throws Exception {
    try (ServingEngine engine = open(1, 1, 0, 0)) {
      List<Future<Generation>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(
            threads.submit(() -> engine.generate(request("busy", 0, 200, Scheduling.USUAL), ALL)));
      }
      int refused = 0;
      for (Future<Generation> answer : answers) {
        try {
          answer.get();
        } catch (ExecutionException e) {
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  BusyException.class,
                  busy -> assertThat(busy.retryAfter()).isGreaterThan(Duration.ZERO));
          refused++;
        }
      }
      assertThat(refused).isPositive();
      assertThat(engine.status().requests().refused()).isEqualTo(refused);
      assertThat(engine.status().requests().completed()).isEqualTo(20 - refused);
    }
  }
}
