package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterAccess;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.AdapterResidency.Tier;
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
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.model.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of adapters while the engine answers. */
@Timeout(120)
class AdapterLifeTest {

  private static final ModelId BASE = new ModelId("tiny");
  private static final Listener ALL = delta -> true;

  @TempDir static Path natives;
  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Checkpoint checkpoint;

  @BeforeEach
  void write() throws Exception {
    JsonObject config = TinyModel.config();
    config.add("eos_token_id", null);
    checkpoint = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "F32", 3));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private ServingEngine open(int slots, int batch, long host) {
    return new OnnxServingEngineFactory()
        .open(
            new Settings(
                BASE,
                checkpoint.folder(),
                natives,
                WeightFormat.STORED,
                Device.CPU,
                new Limits(slots, 32, batch, 0, 1000),
                new MemoryLimits(0, 0, host),
                1),
            threads);
  }

  private Path written(String name, int rank, long seed) throws Exception {
    return TinyModel.writeAdapter(folder.resolve(name), checkpoint, rank, seed);
  }

  private ModelId adapter(ServingEngine engine, String name, int rank) throws Exception {
    ModelId id = new ModelId(name);
    engine.register(id, written(name, rank, name.hashCode()));
    return id;
  }

  private static Request ask(ModelId id, int tokens) {
    return new Request(Optional.of(id), "a prompt", GenerationOptions.greedy(tokens));
  }

  private static String answer(ServingEngine engine, ModelId id) {
    return engine.generate(ask(id, 40), ALL).text();
  }

  private static Request mix(String tenant, WeightedAdapter... adapters) {
    return new Request(
        List.of(adapters), "a prompt", GenerationOptions.greedy(40), false, Scheduling.of(tenant));
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static AdapterResidency where(ServingEngine engine, ModelId id) {
    return engine.residency().stream()
        .filter(each -> each.model().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whereOneAdapterIsIsWhatTheListSaysOfIt() throws Exception {
    try (ServingEngine engine = open(2, 2, 1 << 20)) {
      ModelId law = adapter(engine, "law", 4);
      ModelId tax = adapter(engine, "tax", 8);
      List<Runnable> steps =
          List.of(
              () -> {},
              () -> engine.load(law),
              () -> engine.pin(tax, true),
              () -> engine.unload(law),
              () -> engine.grant(tax, new AdapterAccess("user:bob", Set.of())));
      for (Runnable step : steps) {
        step.run();
        for (ModelId id : List.of(law, tax)) {
          assertThat(engine.residency(id)).contains(where(engine, id));
        }
      }
      assertThat(engine.residency(new ModelId("none"))).isEmpty();
      assertThat(where(engine, tax).tier()).isEqualTo(Tier.SLOT);
    }
  }

  @Test
  void finishesARunningAnswerOnTheOldVersionAndRunsTheNextOnTheNew() throws Exception {
    try (ServingEngine engine = open(2, 2, 1 << 20)) {
      ModelId id = adapter(engine, "law", 4);
      Path next = written("law2", 8, 77);
      String old = answer(engine, id);
      List<String> during = new ArrayList<>();
      Generation running =
          engine.generate(
              ask(id, 40),
              delta -> {
                if (during.isEmpty()) {
                  assertThat(engine.replace(id, next).digest())
                      .isEqualTo(where(engine, id).model().digest());
                  during.add(answer(engine, id));
                }
                return true;
              });
      assertThat(running.text()).isEqualTo(old);
      assertThat(during.get(0)).isNotEqualTo(old).isEqualTo(answer(engine, id));
      assertThat(where(engine, id).version()).isEqualTo(2);
      assertThat(where(engine, id).rank()).isEqualTo(8);
      refused(ErrorCode.MODEL_UNKNOWN, () -> engine.replace(new ModelId("none"), next));
      refused(ErrorCode.ADAPTER_BROKEN, () -> engine.replace(id, folder.resolve("nowhere")));
      assertThat(answer(engine, id)).isEqualTo(during.get(0));
    }
  }

  @Test
  void answersWithOneOfTheTwoVersionsWhileItIsReplacedUnderLoad() throws Exception {
    try (ServingEngine engine = open(2, 4, 1 << 20)) {
      ModelId id = adapter(engine, "law", 4);
      Path first = folder.resolve("law");
      Path second = written("law2", 8, 77);
      String one = answer(engine, id);
      engine.replace(id, second);
      String two = answer(engine, id);
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        answers.add(threads.submit(() -> answer(engine, id)));
        if (i % 6 == 0) {
          engine.replace(id, i % 12 == 0 ? first : second);
        }
      }
      for (Future<String> each : answers) {
        assertThat(each.get()).isIn(one, two);
      }
      assertThat(where(engine, id).version()).isEqualTo(12);
      assertThat(engine.status().adapters().registered()).isEqualTo(1);
    }
  }

  @Test
  void movesAdaptersBetweenDiskHostAndSlots() throws Exception {
    try (ServingEngine engine = open(2, 2, 1 << 20)) {
      ModelId first = adapter(engine, "first", 4);
      ModelId second = adapter(engine, "second", 4);
      ModelId third = adapter(engine, "third", 4);
      assertThat(where(engine, first).tier()).isEqualTo(Tier.DISK);
      for (ModelId id : List.of(first, second, third)) {
        engine.load(id);
        assertThat(where(engine, id).tier()).isEqualTo(Tier.SLOT);
      }
      assertThat(where(engine, first).tier()).isEqualTo(Tier.HOST);
      assertThat(engine.status().adapters().evictions()).isEqualTo(1);
      String text = answer(engine, first);
      assertThat(engine.status().adapters().hostHits()).isEqualTo(1);
      assertThat(engine.status().times().adapterLoad().count()).isEqualTo(4);
      assertThat(engine.unload(first)).isTrue();
      assertThat(where(engine, first).tier()).isEqualTo(Tier.DISK);
      assertThat(answer(engine, first)).isEqualTo(text);
      assertThat(engine.status().memory().slots()).isPositive();
      assertThat(engine.status().memory().host()).isPositive();
    }
  }

  @Test
  void loadingAgainCountsAsAUse() throws Exception {
    try (ServingEngine engine = open(2, 2, 1 << 20)) {
      ModelId first = adapter(engine, "first", 4);
      ModelId second = adapter(engine, "second", 4);
      ModelId third = adapter(engine, "third", 4);
      for (ModelId id : List.of(first, second, first, third)) {
        engine.load(id);
      }
      assertThat(where(engine, first).tier()).isEqualTo(Tier.SLOT);
      assertThat(where(engine, second).tier()).isEqualTo(Tier.HOST);
    }
  }

  @Test
  void keepsNoMoreInHostMemoryThanItMay() throws Exception {
    long one;
    try (ServingEngine engine = open(1, 1, 1 << 20)) {
      ModelId id = adapter(engine, "measured", 4);
      engine.load(id);
      one = where(engine, id).bytes();
    }
    try (ServingEngine engine = open(1, 1, 2 * one + 1)) {
      for (int i = 0; i < 5; i++) {
        engine.load(adapter(engine, "a" + i, 4));
        assertThat(engine.status().memory().host()).isLessThanOrEqualTo(2 * one + 1);
      }
      assertThat(engine.status().adapters().host()).isEqualTo(2);
    }
    try (ServingEngine engine = open(1, 1, 0)) {
      ModelId id = adapter(engine, "unkept", 4);
      assertThat(answer(engine, id)).isNotEmpty();
      assertThat(engine.status().adapters().host()).isZero();
    }
  }

  @Test
  void keepsAPinnedAdapterInItsSlotAlsoWhenItIsReplaced() throws Exception {
    try (ServingEngine engine = open(2, 2, 1 << 20)) {
      ModelId pinned = adapter(engine, "pinned", 4);
      ModelId other = adapter(engine, "other", 4);
      engine.pin(pinned, true);
      refused(ErrorCode.BUSY, () -> engine.pin(other, true));
      for (int i = 0; i < 4; i++) {
        answer(engine, adapter(engine, "passing" + i, 4));
        assertThat(where(engine, pinned).tier()).isEqualTo(Tier.SLOT);
      }
      assertThat(engine.unload(pinned)).isFalse();
      engine.replace(pinned, written("pinned2", 8, 5));
      for (int i = 0; i < 4; i++) {
        answer(engine, new ModelId("passing" + i));
      }
      assertThat(where(engine, pinned).tier()).isEqualTo(Tier.SLOT);
      assertThat(where(engine, pinned).pinned()).isTrue();
      assertThat(engine.status().adapters().pinned()).isEqualTo(1);
      engine.pin(pinned, false);
      engine.pin(other, true);
      refused(ErrorCode.MODEL_UNKNOWN, () -> engine.pin(new ModelId("none"), true));
      refused(ErrorCode.MODEL_UNKNOWN, () -> engine.load(new ModelId("none")));
    }
  }

  @Test
  void hidesAnAdapterFromTenantsThatAreNotGrantedIt() throws Exception {
    try (ServingEngine engine = open(2, 2, 1 << 20)) {
      ModelId id = new ModelId("secret");
      engine.register(id, written("secret", 4, 1), new AdapterAccess("acme", Set.of("partner")));
      WeightedAdapter whole = new WeightedAdapter(id, 1);
      String text = engine.generate(mix("acme", whole), ALL).text();
      assertThat(engine.generate(mix("partner", whole), ALL).text()).isEqualTo(text);
      for (String stranger : List.of("", "acme2", "*", "ACME")) {
        OpenLedgerException hidden = refusal(engine, mix(stranger, whole));
        OpenLedgerException absent =
            refusal(engine, mix(stranger, new WeightedAdapter(new ModelId("absent"), 1)));
        assertThat(hidden.code()).isEqualTo(ErrorCode.MODEL_UNKNOWN);
        assertThat(hidden.getMessage()).isEqualTo(absent.getMessage().replace("absent", "secret"));
      }
      engine.grant(id, new AdapterAccess("acme", Set.of("acme2")));
      assertThat(engine.generate(mix("acme2", whole), ALL).text()).isEqualTo(text);
      refused(ErrorCode.MODEL_UNKNOWN, () -> engine.generate(mix("partner", whole), ALL));
      refused(
          ErrorCode.MODEL_UNKNOWN, () -> engine.grant(new ModelId("absent"), AdapterAccess.PUBLIC));
    }
  }

  @Test
  void aVersionThatIsMeantIsNotAnsweredByTheNext() throws Exception {
    try (ServingEngine engine = open(2, 2, 1 << 20)) {
      ModelId id = new ModelId("versions");
      Hash256 first = engine.register(id, written("version1", 4, 1), AdapterAccess.PUBLIC).digest();
      WeightedAdapter meant = new WeightedAdapter(id, 1, Optional.of(first));
      String text = engine.generate(mix("", meant), ALL).text();
      Hash256 second = engine.replace(id, written("version2", 4, 2)).digest();
      OpenLedgerException refusal = refusal(engine, mix("", meant));
      assertThat(refusal.code()).isEqualTo(ErrorCode.ADAPTER_REPLACED);
      assertThat(refusal.getMessage()).contains(first.toString(), second.toString());
      WeightedAdapter next = new WeightedAdapter(id, 1, Optional.of(second));
      assertThat(engine.generate(mix("", next), ALL).text())
          .isEqualTo(engine.generate(mix("", new WeightedAdapter(id, 1)), ALL).text())
          .isNotEqualTo(text);
    }
  }

  private static OpenLedgerException refusal(ServingEngine engine, Request request) {
    try {
      engine.generate(request, ALL);
    } catch (OpenLedgerException e) {
      return e;
    }
    throw new AssertionError("answered");
  }

  @Test
  void addsWeightedAdaptersAsOneThatHasTheirRanksSideBySide() throws Exception {
    try (ServingEngine engine = open(3, 4, 1 << 20)) {
      Map<String, Tensor> one = TinyModel.adapter(checkpoint, 3, 1);
      Map<String, Tensor> two = TinyModel.adapter(checkpoint, 5, 2);
      ModelId first = new ModelId("first");
      ModelId second = new ModelId("second");
      ModelId joined = new ModelId("joined");
      engine.register(
          first, TinyModel.writeAdapter(folder.resolve("first"), TinyModel.adapterConfig(3), one));
      engine.register(
          second,
          TinyModel.writeAdapter(folder.resolve("second"), TinyModel.adapterConfig(5), two));
      // alpha is twice the rank in all three, so the factors' scale is the same.
      engine.register(
          joined,
          TinyModel.writeAdapter(
              folder.resolve("joined"),
              TinyModel.adapterConfig(8),
              joined(one, 0.5f, two, -0.25f)));
      Request mix = mix("", new WeightedAdapter(first, 0.5), new WeightedAdapter(second, -0.25));
      String text = answer(engine, joined);
      assertThat(engine.generate(mix, ALL).text()).isEqualTo(text);
      assertThat(text).isNotEqualTo(answer(engine, first)).isNotEqualTo(answer(engine, second));
      long misses = engine.status().adapters().misses();
      assertThat(engine.generate(mix, ALL).text()).isEqualTo(text);
      assertThat(engine.status().adapters().misses()).as("found resident").isEqualTo(misses);
      List<WeightedAdapter> tooWide = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        tooWide.add(new WeightedAdapter(adapter(engine, "wide" + i, 8), 1));
      }
      refused(
          ErrorCode.INVALID_ARGUMENT,
          () -> engine.generate(mix("", tooWide.toArray(WeightedAdapter[]::new)), ALL));
    }
  }

  private static Map<String, Tensor> joined(
      Map<String, Tensor> one, float w1, Map<String, Tensor> two, float w2) {
    Map<String, Tensor> joined = new LinkedHashMap<>();
    one.forEach(
        (name, a) -> {
          Tensor b = two.get(name);
          boolean in = name.contains("lora_A");
          int rows = (int) (in ? 1 : a.shape()[0]);
          int left = a.values().length / rows;
          int right = b.values().length / rows;
          float[] values = new float[a.values().length + b.values().length];
          for (int row = 0; row < rows; row++) {
            for (int i = 0; i < left; i++) {
              values[row * (left + right) + i] = (in ? 1 : w1) * a.values()[row * left + i];
            }
            for (int i = 0; i < right; i++) {
              values[row * (left + right) + left + i] = (in ? 1 : w2) * b.values()[row * right + i];
            }
          }
          long[] shape = a.shape().clone();
          shape[in ? 0 : 1] += b.shape()[in ? 0 : 1];
          joined.put(name, new Tensor("F32", shape, values));
        });
    return joined;
  }

  @Test
  void refusesMagnitudesInAMix() throws Exception {
    try (ServingEngine engine = open(3, 4, 1 << 20)) {
      ModelId plain = adapter(engine, "plain", 4);
      ModelId dora = new ModelId("dora");
      engine.register(dora, dora("dora", 4, 9));
      assertThat(answer(engine, dora)).isNotEqualTo(answer(engine, plain));
      refused(
          ErrorCode.ADAPTER_UNSUPPORTED,
          () ->
              engine.generate(
                  mix("", new WeightedAdapter(plain, 1), new WeightedAdapter(dora, 1)), ALL));
    }
  }

  private Path dora(String name, int rank, long seed) throws Exception {
    JsonObject config = TinyModel.adapterConfig(rank);
    config.addProperty("use_dora", true);
    Map<String, Tensor> tensors = new LinkedHashMap<>(TinyModel.adapter(checkpoint, rank, seed));
    Random random = new Random(seed);
    checkpoint
        .config()
        .modules()
        .forEach(
            module -> {
              float[] magnitude = new float[module.out()];
              for (int i = 0; i < magnitude.length; i++) {
                magnitude[i] = 1 + random.nextFloat();
              }
              tensors.put(
                  "base_model.model." + module.name() + ".lora_magnitude_vector",
                  new Tensor("F32", new long[] {magnitude.length}, magnitude));
            });
    return TinyModel.writeAdapter(folder.resolve(name), config, tensors);
  }

  @Test
  void givesTheSameAnswersInAHundredRandomMixesWhileSlotsEvict() throws Exception {
    long seed = 20261125;
    Random random = new Random(seed);
    try (ServingEngine engine = open(3, 6, 200_000)) {
      List<ModelId> ids = new ArrayList<>();
      for (int rank : new int[] {1, 4, 16, 17, 32}) {
        ids.add(adapter(engine, "r" + rank, rank));
      }
      ModelId dora = new ModelId("dora");
      engine.register(dora, dora("dora", 8, 4));
      ids.add(dora);
      ids.add(BASE);
      Map<Request, String> alone = new LinkedHashMap<>();
      for (int i = 0; i < 40; i++) {
        ModelId id = ids.get(random.nextInt(ids.size()));
        Request request =
            new Request(
                Optional.of(id),
                "prompt " + random.nextInt(1 << random.nextInt(30)),
                GenerationOptions.sampled(1 + random.nextInt(20), 1, i));
        alone.put(request, engine.generate(request, ALL).text());
      }
      List<Request> requests = new ArrayList<>(alone.keySet());
      for (int mix = 0; mix < 100; mix++) {
        Map<Request, Future<Generation>> together = new LinkedHashMap<>();
        for (int i = 0; i < 6; i++) {
          Request request = requests.get(random.nextInt(requests.size()));
          together.put(request, threads.submit(() -> engine.generate(request, ALL)));
        }
        for (Map.Entry<Request, Future<Generation>> each : together.entrySet()) {
          assertThat(each.getValue().get().text())
              .as("seed %d, mix %d, %s", seed, mix, each.getKey().adapters())
              .isEqualTo(alone.get(each.getKey()));
        }
      }
      assertThat(engine.status().adapters().evictions()).isGreaterThan(20);
    }
  }

  @Test
  void keepsLittleOfAnIdleAdapterOnTheHeap() throws Exception {
    int count = 10_000;
    Path one = written("shared", 2, 1);
    try (ServingEngine engine = open(2, 1, 1 << 20)) {
      engine.register(new ModelId("warm"), one);
      long before = heap();
      for (int i = 0; i < count; i++) {
        // A folder's path of its own, as real ones have.
        engine.register(new ModelId("adapter-" + i), Path.of(one.toString()));
      }
      long each = (heap() - before) / count;
      assertThat(engine.adapters()).hasSize(count + 1);
      assertThat(each).as("bytes for each").isLessThan(1024);
      assertThat(engine.residency()).hasSize(count + 1);
      assertThat(answer(engine, new ModelId("adapter-9999"))).isNotEmpty();
    }
  }

  private static long heap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(50);
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }
}
