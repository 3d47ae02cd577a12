package io.openledger.serving.cli;

import io.openledger.api.model.ModelId;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.ServingEngineFactory.Device;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.MemoryLimits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import picocli.CommandLine.Option;

/** How an engine is opened: options of every command that opens one. */
@SuppressWarnings("NullAway.Init") // picocli sets them
final class EngineOptions {

  /** What the base model is called where a name is needed. */
  static final ModelId BASE = new ModelId("base");

  @Option(
      names = "--weights",
      paramLabel = "FORMAT",
      defaultValue = "stored",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  WeightFormat weights = WeightFormat.STORED;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  Device device = Device.CPU;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of one multiplication; default 0, one a core.")
  int threads;

  @Option(
      names = "--cache",
      paramLabel = "FOLDER",
      description = "For quantised weights and unpacked libraries; default one in java.io.tmpdir.")
  Path cache = Path.of(System.getProperty("java.io.tmpdir"), "openledger-serving");

  /** An engine on a checkpoint. */
  ServingEngine open(Path checkpoint, Limits limits, Executor executor) {
    return open(checkpoint, weights, limits, MemoryLimits.USUAL, executor);
  }

  /** The same in another format and with other memory. */
  ServingEngine open(
      Path checkpoint, WeightFormat format, Limits limits, MemoryLimits memory, Executor executor) {
    ServingEngineFactory factory =
        ServiceLoader.load(ServingEngineFactory.class)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no serving engine on the class path"));
    return factory.open(
        new Settings(BASE, checkpoint, cache, format, device, limits, memory, threads), executor);
  }
}
