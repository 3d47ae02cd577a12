package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory.Device;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.MemoryLimits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import io.openledger.serving.OnnxServingEngineFactory;
import io.openledger.serving.TinyModel;
import io.openledger.serving.capi.Libraries;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a host, and what one without a GPU answers. */
class CudaTest {

  private static final String DRIVER = "libcuda.so.1";

  @TempDir Path folder;

  private Settings settings(WeightFormat weights, Device device) throws Exception {
    TinyModel.write(folder.resolve("m"), TinyModel.config(), "BF16", 1);
    return new Settings(
        new ModelId("tiny"),
        folder.resolve("m"),
        folder.resolve("cache"),
        weights,
        device,
        new Limits(2, 16, 2, 0, 4),
        MemoryLimits.USUAL,
        1);
  }

  private static void assumeNoDriver() {
    assumeFalse(Libraries.present(DRIVER), "this host has an NVIDIA driver");
  }

  @Test
  void refusesAGpuThatIsNotThereAndSaysWhatIsMissing() throws Exception {
    assumeNoDriver();
    Settings settings = settings(WeightFormat.STORED, Device.CUDA);
    assertThatThrownBy(() -> new OnnxServingEngineFactory().open(settings, task -> {}))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
              assertThat(e.arrived()).contains(DRIVER).contains("NVIDIA driver");
              assertThat(e.remedy()).contains("CPU");
            });
  }

  @Test
  void computesOnTheProcessorWhereThereIsNoGpuAndNoneWasInsistedOn() throws Exception {
    assumeNoDriver();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (ServingEngine engine =
        new OnnxServingEngineFactory().open(settings(WeightFormat.STORED, Device.AUTO), thread)) {
      assertThat(engine.status().ready()).isTrue();
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void refusesQuantisedWeightsOnAGpuBeforeItLooksForOne() throws Exception {
    Settings settings = settings(WeightFormat.INT4, Device.CUDA);
    assertThatThrownBy(() -> new OnnxServingEngineFactory().open(settings, task -> {}))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID))
        .hasMessageContaining("INT4");
  }

  /** Everything of the class path but JCuda. */
  private static final class WithoutJcuda extends ClassLoader {
    WithoutJcuda() {
      super(CudaTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("jcuda.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("io.openledger.serving.cuda.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (file == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = file.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void looksForAGpuWithoutJcudaOnTheClassPath() throws Exception {
    Class<?> cuda = new WithoutJcuda().loadClass(Cuda.class.getName());
    assertThat(cuda).isNotSameAs(Cuda.class);
    assertThat((List<?>) cuda.getMethod("missing").invoke(null)).isNotEmpty();
    assertThatThrownBy(() -> Class.forName(CudaQueue.class.getName(), true, cuda.getClassLoader()))
        .isInstanceOf(LinkageError.class);
  }

  @Test
  void leavesRoomForTheWeightsAndRefusesAGpuThatIsTooSmall() throws Exception {
    Checkpoint checkpoint =
        Checkpoint.open(TinyModel.write(folder.resolve("m"), TinyModel.config(), "F32", 1));
    HostDevice device = new HostDevice();
    device.capacity = 10_000_000;
    DeviceDecoder.Plan plan = Cuda.plan(device, checkpoint, 2, 96, 1);
    long weights = DeviceDecoder.weightBytes(checkpoint, DType.F32);
    assertThat(plan.memory()).isPositive().isLessThan(10_000_000 - weights);
    device.capacity = weights;
    assertThatThrownBy(() -> Cuda.plan(device, checkpoint, 2, 96, 1))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID));
  }

  @Test
  void opensADecoderWithinWhatTheDeviceHas() throws Exception {
    Checkpoint checkpoint =
        Checkpoint.open(TinyModel.write(folder.resolve("m"), TinyModel.config(), "F32", 1));
    HostDevice device = new HostDevice();
    try (DeviceDecoder decoder = Cuda.open(device, checkpoint, 2, 96, 1)) {
      assertThat(decoder.limitBytes()).isGreaterThan(decoder.usedBytes());
      assertThat(decoder.prefill(0, 0, new int[] {1}, new long[] {0}, new int[0]).remaining())
          .isEqualTo(TinyModel.VOCABULARY);
    }
    assertThat(device.closed).isTrue();
  }
}
