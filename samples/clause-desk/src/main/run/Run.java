import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the provisioned server in the foreground and says when the desk is ready: what {@code mvn
 * -Prun} calls. A program of one file, so that it runs from its source and the application needs no
 * class of it.
 *
 * <p>Arguments: the server's home; the port (1 to 65535); the jar of the chain's command line; and,
 * if another model is wanted than the one in the server's home, its Hugging Face folder.
 *
 * <p>Beside the server runs a development chain, if the contracts' npm packages are there, which
 * bring its node. Without them the server runs without a chain: epochs are closed all the same.
 */
final class Run {

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration CHAIN_LIMIT = Duration.ofMinutes(1);
  private static final String NO_CHAIN =
      "  No chain is attached: epochs are closed, and nothing is paid out.";

  private Run() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 3) {
      throw new IllegalArgumentException(
          "wanted: the server's home, the port, the chain's command line and perhaps a model");
    }
    Path home = Path.of(args[0]).toAbsolutePath();
    int port = Integer.parseInt(args[1]);
    String model = args.length > 3 ? args[3].strip() : "";
    URI address = URI.create("http://127.0.0.1:" + port + "/clause-desk/");

    long began = System.nanoTime();
    List<String> command = command(home, port, model);
    List<String> attached = developmentChain(Path.of(args[2]), home.resolveSibling("chain"));
    command.addAll(attached);
    Process server = new ProcessBuilder(command).inheritIO().start();
    // Ctrl+C reaches this program and, through it, the server
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server)));
    if (awaitReady(server, address, began)) {
      System.out.printf(
          "%n  Clause desk is ready after %.1f s:  %s%n", (System.nanoTime() - began) / 1e9, address);
      System.out.println(attached.isEmpty() ? NO_CHAIN : claims(home, address));
      System.out.printf("  Ctrl+C ends it.%n%n");
    }
    System.exit(server.waitFor());
  }

  /** Adds a user of REST for this run, and says what to look at with it. */
  private static String claims(Path home, URI address) throws IOException, InterruptedException {
    String password = "Desk-" + new BigInteger(80, new SecureRandom()).toString(36);
    Process adding =
        new ProcessBuilder(
                script(home, "add-user"), "-s", "-a", "-u", "desk", "-p", password, "-g", "openledger-admin")
            .redirectErrorStream(true)
            .start();
    adding.getOutputStream().close();
    String told = new String(adding.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (adding.waitFor() != 0) {
      return "  A development chain is attached; no user could be added: " + told.strip();
    }
    URI claims = address.resolve("/openledger/api/ledger/claims");
    return """
          What drafts earn becomes a claim on a development chain, within some 15 s:
            %s   (user desk, password %s; account contributor:legal-ops)
          and the server pays it out with
            curl -u desk:%s -H 'Content-Type: application/json' \\
              -d '{"accounts":["contributor:legal-ops"]}' %s"""
        .formatted(address.resolve("/openledger/claim/page.html"), password, password, claims)
        .indent(2)
        .stripTrailing();
  }

  private static String script(Path home, String name) {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    return home.resolve("bin").resolve(name + (windows ? ".bat" : ".sh")).toString();
  }

  private static List<String> command(Path home, int port, String model) {
    List<String> command = new ArrayList<>();
    command.add(script(home, "standalone"));
    command.add("-b=127.0.0.1");
    command.add("-bmanagement=127.0.0.1");
    command.add("-Djboss.http.port=" + port);
    // soon enough to be watched, with a chain or without
    command.add("-Dopenledger.epoch.interval=PT5S");
    if (model.isEmpty()) {
      command.add("-Dopenledger.model.path=" + home.resolve("models").resolve("speeches-3m"));
      command.add("-Dopenledger.adapters.directory=" + home.resolve("adapters"));
    } else if (Files.isDirectory(Path.of(model))) {
      // the sample's adapter was made for the sample's model
      command.add("-Dopenledger.model.path=" + Path.of(model).toAbsolutePath());
    } else {
      throw new IllegalArgumentException(
          "openledger.model.path is '" + model + "', which is not a folder; wanted: a Hugging Face"
              + " folder with config.json, *.safetensors and tokenizer.json");
    }
    return command;
  }

  /**
   * Starts a chain that ends with this program, because its standard input does.
   *
   * @return the server's settings for it; none where it does not start, which is said
   */
  private static List<String> developmentChain(Path jar, Path folder)
      throws IOException, InterruptedException {
    Path settings = folder.resolve("chain.properties");
    Files.deleteIfExists(settings);
    Process chain =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                jar.toString(),
                "dev-chain",
                "--port",
                "0",
                folder.toString())
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(chain::destroy));
    long began = System.nanoTime();
    while (chain.isAlive() && System.nanoTime() - began < CHAIN_LIMIT.toNanos()) {
      if (Files.exists(settings)) {
        List<String> options = new ArrayList<>();
        for (String line : Files.readAllLines(settings)) {
          options.add("-D" + line);
        }
        return options;
      }
      Thread.sleep(100);
    }
    chain.destroy();
    System.err.println("The development chain did not start, and the server goes without one.");
    return List.of();
  }

  private static boolean awaitReady(Process server, URI address, long began)
      throws InterruptedException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    HttpRequest status =
        HttpRequest.newBuilder(address.resolve("api/status")).timeout(Duration.ofSeconds(5)).build();
    while (server.isAlive() && System.nanoTime() - began < LIMIT.toNanos()) {
      try {
        HttpResponse<String> answer = client.send(status, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200 && answer.body().contains("\"ready\":true")) {
          return true;
        }
      } catch (IOException e) {
        // not listening yet: asked again below
      }
      Thread.sleep(250);
    }
    if (server.isAlive()) {
      System.err.println(
          "The desk is not ready after " + LIMIT.toMinutes() + " minutes; its page says why: " + address);
    }
    return false;
  }

  private static void end(Process server) {
    // the script's child is the server itself
    server.descendants().forEach(ProcessHandle::destroy);
    server.destroy();
    try {
      server.waitFor();
    } catch (InterruptedException e) {
      server.destroyForcibly();
    }
  }
}
