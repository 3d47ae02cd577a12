import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compiles or tests the contracts as a step of the build, or installs what another directory's
 * lockfile names. Run from source by the JDK of the build: {@code java BuildContracts.java
 * compile|test <contracts> <output>} or {@code java BuildContracts.java install <directory>}.
 *
 * <p>Needs Node 20 or newer with npm. Without them it says so and the build goes on without contracts; in CI, which has
 * them, it fails. What npm installs is installed again only when the lockfile is newer.
 */
public final class BuildContracts {

  private static final int OLDEST_NODE = 20;

  private BuildContracts() {}

  public static void main(String[] arguments) throws Exception {
    String what = arguments[0];
    Path contracts = Path.of(arguments[1]);
    Path output = Path.of(arguments.length > 2 ? arguments[2] : "");
    boolean installed = installed(contracts);
    // asking npm takes longer than compiling nothing, which is what most builds do
    String missing = missing(!installed || what.equals("test"));
    if (!missing.isEmpty()) {
      System.out.println(
          "[WARNING] " + contracts.getFileName() + " is left out (" + what + "): " + missing);
      System.exit(System.getenv("CI") == null ? 0 : 1);
    }
    if (!installed) {
      int status = run(contracts, "npm", "ci", "--loglevel=error");
      if (status != 0) {
        // only tests want what is installed beside the contracts, and they say that it is missing
        System.exit(what.equals("install") && System.getenv("CI") == null ? 0 : status);
      }
    }
    int status =
        switch (what) {
          case "compile" -> run(contracts, "node", "compile.mjs", output.toString());
          case "test" -> run(contracts, "npm", "test", "--silent");
          case "install" -> 0;
          default -> throw new IllegalArgumentException(what + "; it knows compile, test, install");
        };
    System.exit(status);
  }

  /** Why Node cannot be used; empty if it can. */
  private static String missing(boolean npm) throws InterruptedException {
    String version = output("node", "--version");
    if (version.isEmpty()) {
      return "node is not on the PATH";
    }
    if (Integer.parseInt(version.substring(1, version.indexOf('.'))) < OLDEST_NODE) {
      return "Node is " + version.strip() + ", and must be " + OLDEST_NODE + " or newer";
    }
    return npm && output("npm", "--version").isEmpty() ? "npm is not on the PATH" : "";
  }

  private static boolean installed(Path contracts) throws IOException {
    Path lock = contracts.resolve("package-lock.json");
    // npm writes it last
    Path installed = contracts.resolve("node_modules/.package-lock.json");
    return Files.exists(installed)
        && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(lock)) > 0;
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
