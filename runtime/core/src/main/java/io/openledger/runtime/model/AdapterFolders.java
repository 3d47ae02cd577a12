package io.openledger.runtime.model;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.spi.ServingEngine;
import io.openledger.runtime.config.OpenLedgerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Registers each folder of the adapters' directory under its name; broken ones are skipped. */
final class AdapterFolders {

  private static final System.Logger LOG = System.getLogger(AdapterFolders.class.getName());

  private AdapterFolders() {}

  /**
   * What was found.
   *
   * @param skipped name and reason of each that could not be registered
   */
  record Registered(List<String> skipped) {}

  static Registered register(OpenLedgerConfig.Adapters adapters, ServingEngine engine) {
    List<String> skipped = new ArrayList<>();
    for (Path folder : folders(adapters.directory(), skipped)) {
      String name = folder.getFileName().toString();
      try {
        engine.register(new ModelId(name), folder);
      } catch (OpenLedgerException e) {
        skipped.add(name + ": " + e.getMessage());
        LOG.log(System.Logger.Level.WARNING, "adapter {0} is skipped: {1}", name, e.getMessage());
      }
    }
    return new Registered(List.copyOf(skipped));
  }

  private static List<Path> folders(Path directory, List<String> skipped) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      skipped.add(directory.getFileName() + ": the directory cannot be read");
      return List.of();
    }
  }
}
