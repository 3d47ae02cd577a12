package io.openledger.chain.connector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What a server gets for the sake of the chain. A jar more is a decision, and this list says so.
 */
class JarsTest {

  /** Jars of this project and of tests, which are on the path here too. */
  private static final Pattern OTHERS =
      Pattern.compile(
          "(openledger|junit|assertj|opentest4j|apiguardian|byte-buddy|jspecify|surefire|"
              + "jakarta|classes|test-classes).*");

  private static final List<String> JARS =
      List.of(
          "abi",
          "bcprov-jdk18on",
          "core",
          "crypto",
          "jackson-annotations",
          "jackson-core",
          "jackson-databind",
          "reactive-streams",
          "rlp",
          "rxjava",
          "slf4j-api",
          "tuples",
          "utils");

  @Test
  void theConnectorBringsThirteenJars() {
    List<File> jars =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(File::new)
            .filter(f -> f.getName().endsWith(".jar") && !OTHERS.matcher(f.getName()).matches())
            .sorted()
            .toList();
    jars.forEach(jar -> System.out.printf("%,12d %s%n", jar.length(), jar.getName()));
    System.out.printf("%,12d bytes in all%n", jars.stream().mapToLong(File::length).sum());
    assertThat(jars.stream().map(f -> f.getName().replaceFirst("-[0-9].*", "")).sorted())
        .containsExactlyElementsOf(JARS);
  }
}
