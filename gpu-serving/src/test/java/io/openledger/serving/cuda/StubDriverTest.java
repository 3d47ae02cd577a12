package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.openledger.serving.capi.Libraries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The calls to the driver, over a driver in C that has the processor's memory for a GPU's: that
 * JCuda gets the arguments that are meant, and that all is given back.
 */
@Timeout(120)
class StubDriverTest {

  @TempDir Path folder;

  @BeforeEach
  void make() throws Exception {
    boolean linux = System.getProperty("os.name").equals("Linux");
    assumeTrue(linux && System.getProperty("os.arch").equals("amd64"), "JCuda's Linux natives");
    assumeFalse(Libraries.present("libcuda.so.1"), "this host has an NVIDIA driver");
    Path source = folder.resolve("driver.c");
    try (InputStream file = getClass().getResourceAsStream("/cuda/driver.c")) {
      Files.copy(Objects.requireNonNull(file), source);
    }
    try {
      String library = folder.resolve("libcuda.so.1").toString();
      List<String> cc = List.of("cc", "-shared", "-fPIC", "-o", library, source.toString());
      String said = run(cc, Map.of());
      assertThat(Path.of(library)).as(said).exists();
    } catch (IOException e) {
      assumeTrue(false, "no C compiler (cc)");
    }
  }

  private String run(List<String> command, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return said;
  }

  private String main(String what, Map<String, String> environment) throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return run(
        List.of(
            java,
            "-Xmx512m",
            "-Djava.io.tmpdir=" + data,
            "-cp",
            System.getProperty("java.class.path"),
            StubbedMain.class.getName(),
            what,
            data.toString()),
        environment);
  }

  @Test
  void passesItsOwnTestAndGivesEverythingBack() throws Exception {
    assertThat(main("whole", Map.of()))
        .contains("Stub, compute capability 8.6, driver for CUDA 12.6", "PASSED")
        .contains("[arena_extend_strategy, device_id, gpu_mem_limit, user_compute_stream]")
        .contains("stream true", "rows truetruetrue")
        .contains("STUB: released with 0 handles and 0 bytes")
        .doesNotContainPattern("released with [1-9]")
        .doesNotContain("FAILED", "STUB: reset");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 20, 60, 90, 91, 92, 93, 94, 95, 200})
  void makesTheContextAnewAfterALossWhereverItHappened(int calls) throws Exception {
    assertThat(main("lost", Map.of("FAIL_AFTER", Integer.toString(calls))))
        .contains("told DEVICE_LOST", "STUB: reset", "again")
        .contains("STUB: released with 0 handles and 0 bytes")
        .doesNotContainPattern("released with [1-9]");
  }

  @Test
  void refusesADriverThatIsTooOld() throws Exception {
    assertThat(main("lost", Map.of("DRIVER", "11080")))
        .contains("refused the NVIDIA driver is for CUDA 11.8");
  }

  @Test
  void asksForTheOtherRuntimeAndCudasLibrariesWhereADriverIs() throws Exception {
    assertThat(main("missing", Map.of()))
        .contains("onnxruntime_gpu in the place of onnxruntime")
        .contains("libcudart.so.12 of CUDA 12.8 or a newer 12")
        .doesNotContain("jcuda", "libcuda.so");
  }
}
