package io.openledger.serving;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where fixtures lie; a test that needs one is skipped, with the reason, where it is not. */
public final class Fixtures {

  private Fixtures() {}

  public static Path require(String path) {
    Path file = Path.of(System.getProperty("openledger.shared", "../../shared"), path);
    assumeTrue(Files.exists(file), () -> "no fixtures at " + file);
    return file;
  }
}
