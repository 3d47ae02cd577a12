package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.AdapterResidency;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.serving.model.Checkpoint;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An administrator's call that is interrupted has happened or has not. */
@Timeout(120)
class InterruptedCallsTest {

  @TempDir static Path natives;
  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ServingEngine engine;
  private Checkpoint checkpoint;
  private ModelId id;

  @BeforeEach
  void open() throws Exception {
    JsonObject config = TinyModel.config();
    config.add("eos_token_id", null);
    checkpoint = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "F32", 3));
    engine =
        new OnnxServingEngineFactory()
            .open(
                new Settings(
                    new ModelId("tiny"),
                    checkpoint.folder(),
                    natives,
                    new Limits(3, 32, 2, 0, 100),
                    1),
                threads);
    id = new ModelId("law");
    engine.register(id, TinyModel.writeAdapter(folder.resolve("law"), checkpoint, 4, 1));
    engine.register(
        new ModelId("other"), TinyModel.writeAdapter(folder.resolve("other"), checkpoint, 4, 2));
  }

  @AfterEach
  void close() {
    engine.close();
    threads.shutdownNow();
  }

  private AdapterResidency law() {
    return engine.residency().stream()
        .filter(each -> each.model().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  /** After this the loop has done all that it was asked before. */
  private void settle() {
    engine.load(new ModelId("other"));
  }

  /** Whether the call was interrupted before it began; the thread is told in either case. */
  private static boolean interrupted(Runnable call) {
    Thread.currentThread().interrupt();
    boolean refused = false;
    try {
      call.run();
    } catch (OpenLedgerException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED);
      refused = true;
    }
    assertThat(Thread.interrupted()).isTrue();
    return refused;
  }

  @Test
  void pinsWhollyOrNotAtAll() {
    // From here on it is in host memory: an interrupt hits the waiting, and not the reading.
    engine.load(id);
    for (int i = 0; i < 300; i++) {
      boolean refused = interrupted(() -> engine.pin(id, true));
      settle();
      assertThat(engine.status().adapters().pinned()).isEqualTo(refused ? 0 : 1);
      assertThat(law().pinned()).isEqualTo(!refused);
      engine.pin(id, false);
    }
  }

  @Test
  void keepsThePinOfWhatIsReplaced() throws Exception {
    Path next = TinyModel.writeAdapter(folder.resolve("law2"), checkpoint, 8, 3);
    engine.pin(id, true);
    long seed = 20261126;
    Random random = new Random(seed);
    Thread caller = Thread.currentThread();
    for (int i = 0; i < 200; i++) {
      long version = law().version();
      long nanos = random.nextInt(3_000_000);
      Future<?> interrupter =
          threads.submit(
              () -> {
                LockSupport.parkNanos(nanos);
                caller.interrupt();
              });
      boolean refused = false;
      try {
        engine.replace(id, next);
      } catch (OpenLedgerException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED);
        refused = true;
      }
      while (!interrupter.isDone()) {
        Thread.onSpinWait();
      }
      assertThat(Thread.interrupted()).isTrue();
      settle();
      String claim = "seed " + seed + ", round " + i;
      assertThat(law().version()).as(claim).isEqualTo(refused ? version : version + 1);
      assertThat(law().pinned()).as(claim).isTrue();
      assertThat(engine.status().adapters().pinned()).as(claim).isEqualTo(1);
      assertThat(engine.unload(id)).as(claim).isFalse();
    }
  }
}
