package io.openledger.serving.cuda;

import io.openledger.serving.capi.Api;
import io.openledger.serving.onnx.OrtLibrary;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks and measures the engine on this host's GPU. Takes a folder for 1 GB of generated weights,
 * or makes one where the system keeps temporary files; it leaves nothing there.
 *
 * <p>Exits with 0 when every check held, 1 when one failed, 2 when the host lacks what it takes.
 */
public final class CudaSelfTest {

  private CudaSelfTest() {}

  /**
   * Runs it.
   *
   * @param arguments a folder, or none
   */
  public static void main(String[] arguments) throws IOException {
    System.exit(run(arguments, System.out));
  }

  static int run(String[] arguments, PrintStream out) throws IOException {
    out.printf(
        "java          %s on %s %s%n",
        System.getProperty("java.version"),
        System.getProperty("os.name"),
        System.getProperty("os.arch"));
    List<String> missing = Cuda.missing();
    if (!missing.isEmpty()) {
      out.println("NOT RUN       this host cannot compute on a GPU; missing:");
      missing.forEach(each -> out.println("              " + each));
      return 2;
    }
    try (Api api = Api.open(OrtLibrary.loaded())) {
      out.printf("onnxruntime   %s, %s%n", api.version(), String.join(", ", api.providers()));
    }
    Path parent =
        arguments.length > 0
            ? Path.of(arguments[0])
            : Path.of(System.getProperty("java.io.tmpdir"));
    Path folder = Files.createTempDirectory(Files.createDirectories(parent), "openledger-cuda");
    try {
      return new SelfTest(
                  () -> CudaDevice.open(0), out, folder, SelfTest.Scale.USUAL, System::nanoTime)
              .run()
          ? 0
          : 1;
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
