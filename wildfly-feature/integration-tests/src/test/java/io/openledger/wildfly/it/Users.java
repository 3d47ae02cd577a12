package io.openledger.wildfly.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Adds application users the way an administrator does: with {@code add-user.sh}. */
final class Users {

  private Users() {}

  /**
   * @param base the server's {@code standalone} directory
   * @param roles separated by commas
   */
  static void add(Path home, Path base, String user, String roles)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                home.resolve("bin/add-user.sh").toString(),
                "-a",
                "-u",
                user,
                "-p",
                Rest.PASSWORD,
                "-g",
                roles,
                "-sc",
                base.resolve("configuration").toString()));
    builder.environment().put("JAVA_HOME", System.getProperty("server.java.home"));
    builder.environment().put("JAVA_OPTS", "-Xmx64m " + OwnServer.QUICK);
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("add-user.sh: " + output);
    }
  }
}
