package io.openledger.samples.mainjob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The provisioned server does the main job, on the build's JDK and on JDK 25. */
class MainJobIT {

  private static final Path CHECKOUT = Path.of(System.getProperty("openledger.checkout"));
  private static final Path WORK = Path.of("target", "main-job").toAbsolutePath();

  @Test
  void answersWithEvidenceAndPaysOnTheJdkOfTheBuild() throws Exception {
    answersOn(Path.of(System.getProperty("java.home")), 710);
  }

  @Test
  void answersWithEvidenceAndPaysOnJdk25() throws Exception {
    String jdk = System.getProperty("openledger.java25.home", "");
    assumeTrue(!jdk.isEmpty(), "no JDK 25 was named: -Dopenledger.java25.home=");
    answersOn(Path.of(jdk), 720);
  }

  private static void answersOn(Path javaHome, int offset) throws Exception {
    Files.createDirectories(WORK);
    Duration took = MainJob.check(Setup.ofCheckout(CHECKOUT, javaHome), WORK, offset);
    System.out.println("first attributed answer after " + took + " on " + javaHome.getFileName());
    // the figure of the README is the benchmark's; this only tells a hang from a slow machine
    assertThat(took).isLessThan(Duration.ofMinutes(3));
  }
}
