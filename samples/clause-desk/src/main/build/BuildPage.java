import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Builds or tests the page as a step of the build. Run from source by the JDK of the build: {@code
 * java BuildPage.java build|test <web> <output>}.
 *
 * <p>Needs Node 20 or newer with npm. Without them it says so, puts a page in its place that says
 * it too, and the build goes on: the server and the sample's REST do without Node. In CI, which has
 * them, it fails.
 */
public final class BuildPage {

  private static final int OLDEST_NODE = 20;

  private static final String IN_ITS_PLACE =
      """
      <!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>Clause desk</title>
        </head>
        <body>
          <h1>Clause desk</h1>
          <p>
            The page was left out when this was built, because %s. With Node %d or newer it is
            built by <code>mvn -Prun</code>. The application runs:
            <a href="api/status">its state</a>, <a href="api/balances">the balances</a>,
            <a href="api/rewards">the rewards</a>.
          </p>
        </body>
      </html>
      """;

  private BuildPage() {}

  public static void main(String[] arguments) throws Exception {
    String what = arguments[0];
    Path web = Path.of(arguments[1]);
    Path output = Path.of(arguments[2]);
    String missing = missing();
    if (!missing.isEmpty()) {
      System.out.println("[WARNING] the page is left out (" + what + "): " + missing);
      if (System.getenv("CI") != null) {
        System.exit(1);
      }
      Files.createDirectories(output);
      Files.writeString(
          output.resolve("index.html"), IN_ITS_PLACE.formatted(missing, OLDEST_NODE));
      return;
    }
    int status =
        switch (what) {
          case "build" -> build(web, output);
          case "test" -> run(web, npm(), "test", "--silent");
          default -> throw new IllegalArgumentException(what + "; it knows build, test");
        };
    System.exit(status);
  }

  private static int build(Path web, Path output) throws IOException, InterruptedException {
    int installed = run(web, npm(), "ci", "--loglevel=error");
    return installed != 0
        ? installed
        : run(web, npm(), "run", "--silent", "build", "--", output.toString());
  }

  /** Why Node cannot be used; empty if it can. */
  private static String missing() throws InterruptedException {
    String version = output("node", "--version");
    if (version.isEmpty()) {
      return "node is not on the PATH";
    }
    if (Integer.parseInt(version.substring(1, version.indexOf('.'))) < OLDEST_NODE) {
      return "Node is " + version.strip() + ", and must be " + OLDEST_NODE + " or newer";
    }
    return output(npm(), "--version").isEmpty() ? "npm is not on the PATH" : "";
  }

  private static String npm() {
    return System.getProperty("os.name").startsWith("Windows") ? "npm.cmd" : "npm";
  }

  private static int run(Path directory, String... command)
      throws IOException, InterruptedException {
    return new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start().waitFor();
  }

  private static String output(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      String text = new String(process.getInputStream().readAllBytes());
      return process.waitFor() == 0 ? text : "";
    } catch (IOException e) {
      return "";
    }
  }
}
