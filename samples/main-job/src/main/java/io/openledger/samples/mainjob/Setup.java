package io.openledger.samples.mainjob;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What is run.
 *
 * @param home a WildFly provisioned with the layers {@code openledger} and {@code management}
 * @param application the sample's war
 * @param models a folder with {@code models/speeches-3m} and {@code adapters}
 * @param javaHome the JDK that the server runs on
 */
record Setup(Path home, Path application, Path models, Path javaHome) {

  Setup {
    require(home.resolve("bin/standalone.sh"), "a provisioned WildFly");
    require(application, "the sample's war");
    require(models.resolve("models/speeches-3m/config.json"), "the sample's models");
    require(javaHome.resolve("bin/java"), "a JDK");
  }

  private static void require(Path file, String what) {
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          "no " + file + "; wanted: " + what + ", as 'mvn verify' leaves it");
    }
  }

  /** As the build leaves it in a checkout. */
  static Setup ofCheckout(Path root, Path javaHome) {
    return new Setup(
        root.resolve("samples/clause-desk-tests/target/server"),
        root.resolve("samples/clause-desk-tests/target/clause-desk.war"),
        root.resolve("samples/clause-desk/src/main/openledger"),
        javaHome);
  }
}
