package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.openledger.serving.capi.Libraries;
import io.openledger.serving.model.DType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The self-test itself, on a device in the processor's memory. */
class SelfTestTest {

  @TempDir Path folder;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private String report() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private boolean run(Supplier<Device> devices) throws Exception {
    RandomCheckpoint shape = new RandomCheckpoint(64, 96, 2, 4, 2, 300);
    return new SelfTest(
            devices,
            out,
            folder,
            new SelfTest.Scale(shape, shape, new int[] {1, 3}, 5),
            System::nanoTime)
        .run();
  }

  private static HostDevice device() {
    HostDevice device = new HostDevice();
    device.compute = DType.F16;
    device.capacity = 1L << 30;
    return device;
  }

  @Test
  void passesOnADeviceThatWorksAndPrintsItsFigures() throws Exception {
    assertThat(run(SelfTestTest::device)).as(report()).isTrue();
    assertThat(report())
        .contains("PASSED", "batch 3", "overlap", "cold adapter", "memory is given back")
        .doesNotContain("FAILED");
  }

  @Test
  void failsOnADeviceThatDoesNotWaitForUploads() throws Exception {
    assertThat(
            run(
                () -> {
                  HostDevice device = device();
                  device.deaf = true;
                  return device;
                }))
        .isFalse();
    assertThat(report()).contains("FAILED        an adapter over an evicted one");
  }

  @Test
  void saysWhatIsMissingAndExitsWithTwo() throws Exception {
    assumeFalse(Libraries.present("libcuda.so.1"), "this host has an NVIDIA driver");
    assertThat(CudaSelfTest.run(new String[0], out)).isEqualTo(2);
    assertThat(report()).contains("NOT RUN").contains("libcuda.so.1");
  }

  @Test
  void readsTheCheckpointThatItWrites() throws Exception {
    RandomCheckpoint shape = new RandomCheckpoint(64, 96, 2, 4, 2, 300);
    var checkpoint =
        io.openledger.serving.model.Checkpoint.open(shape.write(folder.resolve("c"), 3));
    assertThat(checkpoint.config().modules()).hasSize(14);
    assertThat(List.of(checkpoint.config().hidden(), checkpoint.config().vocabulary()))
        .containsExactly(64, 300);
  }
}
