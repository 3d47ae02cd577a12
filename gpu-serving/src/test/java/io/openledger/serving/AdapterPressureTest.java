package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.openledger.api.model.FinishReason;
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
import io.openledger.serving.model.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many callers, more adapters than there are slots or is host memory, and some who go away. */
@Timeout(300)
class AdapterPressureTest {

  private static final int ADAPTERS = 12;
  private static final int REQUESTS = 30;
  private static final int CALLERS = 24;

  @TempDir static Path natives;
  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Checkpoint checkpoint;
  private final List<Path> folders = new ArrayList<>();

  @BeforeEach
  void write() throws Exception {
    JsonObject config = TinyModel.config();
    config.add("eos_token_id", null);
    checkpoint = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "F32", 3));
    for (int i = 0; i < ADAPTERS; i++) {
      folders.add(TinyModel.writeAdapter(folder.resolve("a" + i), checkpoint, 1 + i % 5, i));
    }
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private ServingEngine open(int slots, int batch, long host) {
    ServingEngine engine =
        new OnnxServingEngineFactory()
            .open(
                new Settings(
                    new ModelId("tiny"),
                    checkpoint.folder(),
                    natives,
                    WeightFormat.STORED,
                    Device.CPU,
                    new Limits(slots, 32, batch, 0, 1000),
                    new MemoryLimits(0, 0, host),
                    1),
                threads);
    for (int i = 0; i < ADAPTERS; i++) {
      engine.register(id(i), folders.get(i));
    }
    return engine;
  }

  private static ModelId id(int adapter) {
    return new ModelId("a" + adapter);
  }

  private static List<Request> requests(Random random) {
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      List<WeightedAdapter> adapters = new ArrayList<>();
      int first = random.nextInt(ADAPTERS);
      if (i % 3 == 0) {
        adapters.add(new WeightedAdapter(id(first), random.nextDouble()));
        adapters.add(new WeightedAdapter(id((first + 1) % ADAPTERS), 1 - random.nextDouble()));
      } else if (i % 7 > 0) {
        adapters.add(new WeightedAdapter(id(first), 1));
      }
      requests.add(
          new Request(
              adapters,
              "prompt " + i,
              GenerationOptions.sampled(1 + random.nextInt(12), 1, i),
              false,
              Scheduling.of("tenant" + i % 3)));
    }
    return requests;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9_000, 40_000})
  void givesEachCallerItsOwnAnswerAndHoldsNoMoreThanItMay(long host) throws Exception {
    long seed = 20261126 + host;
    Random random = new Random(seed);
    List<Request> requests = requests(random);
    List<String> alone = new ArrayList<>();
    try (ServingEngine engine = open(4, 1, 1 << 20)) {
      for (Request request : requests) {
        alone.add(engine.generate(request, delta -> true).text());
      }
    }
    try (ServingEngine engine = open(2, 4, host)) {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        long own = random.nextLong();
        callers.add(threads.submit(() -> call(engine, new Random(own), requests, alone, host)));
      }
      // Versions that answer the same come and go.
      for (int i = 0; i < 20; i++) {
        int adapter = random.nextInt(ADAPTERS);
        engine.replace(id(adapter), folders.get(adapter));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
      assertThat(engine.status().requests().failed()).as("seed %d", seed).isZero();
      assertThat(engine.status().adapters().evictions()).as("seed %d", seed).isPositive();
      assertThat(engine.status().memory().host()).as("seed %d", seed).isLessThanOrEqualTo(host);
      assertThat(engine.status().adapters().resident()).isLessThanOrEqualTo(2);
    }
  }

  private static Void call(
      ServingEngine engine, Random random, List<Request> requests, List<String> alone, long host) {
    // The largest, a mix of ranks 5 and 4, is read alone where it must be: its parts, their files
    // and itself, each of nine ranks on every map, and what the files say of them.
    long most = Math.max(host, 3 * 9 * 3712 + 20_000);
    for (int i = 0; i < 12; i++) {
      int which = random.nextInt(requests.size());
      int patience = random.nextInt(6) == 0 ? random.nextInt(4) : Integer.MAX_VALUE;
      Generation answer =
          engine.generate(
              requests.get(which),
              new Listener() {
                private int looks;

                @Override
                public boolean onText(String delta) {
                  return true;
                }

                @Override
                public boolean cancelled() {
                  return looks++ >= patience;
                }
              });
      if (answer.finishReason() == FinishReason.CANCELLED) {
        assertThat(alone.get(which)).startsWith(answer.text());
      } else {
        assertThat(answer.text()).isEqualTo(alone.get(which));
      }
      assertThat(engine.status().memory().host()).isLessThanOrEqualTo(most);
    }
    return null;
  }
}
