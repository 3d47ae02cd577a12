package io.openledger.chain.connector.support;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** What the nodes' programs have in common: where they are, their ports and their folders. */
final class Programs {

  private Programs() {}

  /** A file of the checkout, looked for from the working directory upwards. */
  static Optional<Path> find(Path file) {
    return Stream.iterate(Path.of("").toAbsolutePath(), p -> p != null, Path::getParent)
        .map(p -> p.resolve(file))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** Skips the test where a program is not there; with {@code CI} set it fails. */
  static void require(boolean there, String reason) {
    if (!there && System.getenv("CI") != null) {
      throw new AssertionError(reason + "; with CI set this is a failure");
    }
    Assumptions.assumeTrue(there, reason);
  }

  /** One that another program may take before it is used. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Takes back what ends the program with this process, and deletes its folder. */
  static void forget(Thread onExit, Path directory) {
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      return; // the hook is running
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new AssertionError("cannot clean up " + directory, e);
    }
  }
}
