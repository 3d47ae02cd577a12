package io.openledger.serving.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the native ONNX Runtime lies that the Java API loaded. */
public final class OrtLibrary {

  private static final String FOLDER = "onnxruntime.native.path";

  private OrtLibrary() {}

  /**
   * Loads ONNX Runtime where it is not loaded yet, and says from which file.
   *
   * @throws OpenLedgerException {@link ErrorCode#CONFIGURATION_INVALID} where that cannot be told:
   *     outside Linux without the system property {@code onnxruntime.native.path}
   */
  public static Path loaded() {
    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "openledger");
    return stated()
        .or(OrtLibrary::mapped)
        .orElseThrow(
            () ->
                new OpenLedgerException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the file of the native ONNX Runtime is not known",
                    "Linux, or a folder with it in the system property " + FOLDER,
                    "set -D" + FOLDER));
  }

  /**
   * Puts the CUDA provider's libraries beside {@link #loaded}, as the Java API would. They are more
   * than 600 MB: look for a driver first.
   *
   * @return whether the library on the class path has them
   */
  public static boolean unpackCuda() {
    try (OrtCUDAProviderOptions options = new OrtCUDAProviderOptions(0)) {
      return !options.getOptionsString().isEmpty();
    } catch (OrtException e) {
      return false;
    }
  }

  private static Optional<Path> stated() {
    return Optional.ofNullable(System.getProperty(FOLDER))
        .map(folder -> Path.of(folder, System.mapLibraryName("onnxruntime")))
        .filter(Files::isRegularFile);
  }

  /** Linux lists what a process has mapped: the library was loaded a moment ago. */
  private static Optional<Path> mapped() {
    Path maps = Path.of("/proc/self/maps");
    if (!Files.isReadable(maps)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(maps)) {
      return lines
          .map(line -> line.substring(Math.max(0, line.indexOf('/'))))
          .filter(file -> file.matches("/.*/libonnxruntime\\.so[.0-9]*"))
          .findFirst()
          .map(Path::of);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
