package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterRegistry;
import io.openledger.serving.capi.Api;
import io.openledger.serving.engine.LocalEngine;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.HubTokenizer;
import io.openledger.serving.onnx.OrtLibrary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an engine does whose device is lost. */
@Timeout(60)
class DeviceLossTest {

  private static final ModelId BASE = new ModelId("tiny");

  @TempDir static Path natives;
  @TempDir Path folder;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private Checkpoint checkpoint() throws Exception {
    JsonObject config = TinyModel.config();
    config.add("eos_token_id", null);
    return Checkpoint.open(TinyModel.write(folder.resolve("m"), config, "F32", 2));
  }

  private ServingEngine open(Checkpoint checkpoint, HostDevice device, int rows) {
    DeviceDecoder decoder =
        DeviceDecoder.open(
            device,
            Api.open(OrtLibrary.loaded()),
            checkpoint,
            new DeviceDecoder.Plan(rows, 96, 1, DType.F32, 64 << 20));
    ModelInfo base = new ModelInfo(BASE, Optional.empty(), "llama", checkpoint.digest(), 96, false);
    return LocalEngine.start(
        new LocalEngine.Parts(
            base,
            Set.of(),
            decoder,
            HubTokenizer.open(checkpoint.folder(), natives),
            Optional.empty(),
            new AdapterRegistry(base, checkpoint, 32, 0),
            2,
            100,
            0,
            () -> 1,
            System::nanoTime),
        threads);
  }

  private static Request request(Optional<ModelId> adapter, int tokens) {
    return new Request(adapter, "a prompt", GenerationOptions.greedy(tokens));
  }

  private static void lost(Throwable failure) {
    assertThat(failure)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_LOST);
              assertThat(e.code().category()).isEqualTo(ErrorCode.Category.UNAVAILABLE);
              assertThat(e.remedy()).contains("open the engine again");
            });
  }

  @Test
  void failsWhatRunsAndWaitsRefusesWhatComesAndIsNotReady() throws Exception {
    Checkpoint checkpoint = checkpoint();
    HostDevice device = new HostDevice();
    try (ServingEngine engine = open(checkpoint, device, 2)) {
      String expected = engine.generate(request(Optional.empty(), 20), delta -> true).text();
      assertThat(engine.status().ready()).isTrue();
      CountDownLatch running = new CountDownLatch(2);
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        calls.add(
            threads.submit(
                () -> {
                  boolean[] first = {true};
                  return engine.generate(
                      request(Optional.empty(), 80),
                      delta -> {
                        if (first[0]) {
                          first[0] = false;
                          running.countDown();
                        }
                        return true;
                      });
                }));
      }
      running.await();
      device.callsUntilLoss = 0;
      int failed = 0;
      for (Future<?> call : calls) {
        try {
          call.get();
        } catch (java.util.concurrent.ExecutionException e) {
          lost(e.getCause());
          failed++;
        }
      }
      // Two ran and four waited; the first two may just have ended.
      assertThat(failed).isBetween(4, 6);
      assertThat(engine.status().ready()).isFalse();
      assertThat(engine.status().running()).isZero();
      assertThat(engine.status().queued()).isZero();
      assertThatThrownBy(() -> engine.generate(request(Optional.empty(), 1), delta -> true))
          .satisfies(DeviceLossTest::lost);
      // Callers are told first: giving back what a lost device had may take its time.
      for (int i = 0; i < 1000 && !device.closed; i++) {
        Thread.sleep(10);
      }
      assertThat(device.closed).as("given back without being asked").isTrue();
      engine.close();
      engine.close();
      HostDevice another = new HostDevice();
      try (ServingEngine again = open(checkpoint, another, 2)) {
        assertThat(again.status().ready()).isTrue();
        assertThat(again.generate(request(Optional.empty(), 20), delta -> true).text())
            .isEqualTo(expected);
      }
      assertThat(another.open).isZero();
    }
  }

  /** Whichever call meets the loss: loading an adapter, reading, decoding, or moving a row. */
  @Test
  void tellsEveryCallerWhereverTheDeviceIsLost() throws Exception {
    Checkpoint checkpoint = checkpoint();
    Path adapter = TinyModel.writeAdapter(folder.resolve("a"), checkpoint, 4, 1);
    for (int calls = 0; calls < 160; calls += 3) {
      HostDevice device = new HostDevice();
      try (ServingEngine engine = open(checkpoint, device, 2)) {
        engine.register(new ModelId("a"), adapter);
        device.callsUntilLoss = calls;
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          Request request = request(Optional.of(new ModelId("a")), 6 + 9 * i);
          running.add(threads.submit(() -> engine.generate(request, delta -> true)));
        }
        for (Future<?> call : running) {
          try {
            call.get();
          } catch (java.util.concurrent.ExecutionException e) {
            lost(e.getCause());
          }
        }
        if (!engine.status().ready()) {
          assertThatThrownBy(() -> engine.generate(request(Optional.empty(), 1), delta -> true))
              .as("after %d calls", calls)
              .satisfies(DeviceLossTest::lost);
        }
      }
      assertThat(device.closed).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "700, true",
    "719, true",
    "214, true",
    "100, true",
    "2, false",
    "1, false",
    "600, false"
  })
  void knowsWhichCodesEndADevice(int code, boolean fatal) {
    assertThat(DeviceLoss.fatal(code)).isEqualTo(fatal);
    assertThat(DeviceLoss.of(code, "call").code())
        .isEqualTo(
            fatal
                ? ErrorCode.DEVICE_LOST
                : code == DeviceLoss.OUT_OF_MEMORY ? ErrorCode.BUSY : ErrorCode.INTERNAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CUDA failure 700: an illegal memory access was encountered ; GPU=0 | true",
        "CUDA error cudaErrorIllegalAddress:an illegal memory access was encountered | false",
        "CUDA failure 2: out of memory ; GPU=0 | false",
        "Node (x) Op (MatMul) [ShapeInferenceError] 700 | false"
      })
  void readsWhatTheRuntimeTellsOfADevice(String message, boolean fatal) {
    assertThat(DeviceLoss.fatalMessage(message)).isEqualTo(fatal);
  }
}
