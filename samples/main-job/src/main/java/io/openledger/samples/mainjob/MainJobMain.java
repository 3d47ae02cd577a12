package io.openledger.samples.mainjob;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the main job on a provisioned server and prints each figure beside its target.
 *
 * <p>{@code MainJobMain CHECKOUT [JAVA_HOME]}, after {@code mvn verify} in the checkout. Nothing
 * else should run on the machine meanwhile. Ends with 1 when a target is missed.
 */
public final class MainJobMain {

  private static final int OFFSET = 700;
  private static final int RUNS = 15;
  private static final int WARMING = 10;

  private final PrintStream out;
  private boolean missed;

  private MainJobMain(PrintStream out) {
    this.out = out;
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: MainJobMain CHECKOUT [JAVA_HOME]");
      System.exit(2);
    }
    Path javaHome = Path.of(args.length == 2 ? args[1] : System.getProperty("java.home"));
    Setup setup = Setup.ofCheckout(Path.of(args[0]).toAbsolutePath().normalize(), javaHome);
    Path work = Files.createTempDirectory("openledger-main-job");
    MainJobMain main = new MainJobMain(System.out);
    main.measure(setup, work);
    System.exit(main.missed ? 1 : 0);
  }

  private void measure(Setup setup, Path work) throws IOException, InterruptedException {
    out.printf(
        "JDK %s, %d processors%n%n", setup.javaHome(), Runtime.getRuntime().availableProcessors());
    out.printf("%-52s %12s %12s%n", "", "measured", "target");

    Path base = ServerDirectory.fresh(setup, work.resolve("with"));
    String password = addUser(setup, base);
    Instant began = Instant.now();
    try (ProvisionedServer server = ProvisionedServer.start(setup, base, OFFSET)) {
      SampleClient sample = MainJob.awaitSample(server);
      SampleClient.Draft first = sample.draft(MainJob.BEGINNING, 100);
      seconds("cold start to the first attributed answer", began, Instant.now(), 60);
      MainJob.verify(sample, first);
    }

    began = Instant.now();
    long with;
    try (ProvisionedServer server = ProvisionedServer.start(setup, base, OFFSET)) {
      server.awaitReady(Duration.ofSeconds(120));
      seconds("restart until ready", began, Instant.now(), 15);
      with = server.liveHeapBytes();
      answers(MainJob.awaitSample(server), password);
    }

    Path bare = ServerDirectory.withoutFeature(setup, work.resolve("without"));
    try (ProvisionedServer server = ProvisionedServer.start(setup, bare, OFFSET)) {
      server.awaitStarted(Duration.ofSeconds(120));
      double mebibytes = (with - server.liveHeapBytes()) / 1048576.0;
      line("live heap of the idle server over the bare one", mebibytes, "MiB", 256);
    }
  }

  private void answers(SampleClient sample, String password)
      throws IOException, InterruptedException {
    String authorization = SampleClient.basic("bench", password);
    List<Duration> complete = new ArrayList<>();
    List<Duration> attribution = new ArrayList<>();
    List<Duration> call = new ArrayList<>();
    int tokens = 0;
    for (int i = 0; i < RUNS + WARMING; i++) {
      SampleClient.Answer answer =
          sample.complete("speeches-3m", "My fellow citizens, ", 100, authorization);
      Duration attributed = sample.attribute(answer.text(), authorization);
      Duration nothing = sample.attribute(".", authorization);
      if (i >= WARMING) {
        complete.add(answer.complete());
        attribution.add(attributed);
        call.add(nothing);
      }
      tokens = answer.tokens();
    }
    double answer = SampleClient.median(complete).toNanos() / 1e9;
    double whole = SampleClient.median(attribution).toNanos() / 1e9;
    double empty = SampleClient.median(call).toNanos() / 1e9;
    out.printf("  (answers of %d tokens, medians of %d after %d)%n", tokens, RUNS, WARMING);
    line("answer over REST, attributed and committed", answer, "s", 1.5);
    line("attributing its text, as a part of it", 100 * (whole - empty) / answer, "%", 5);
    out.printf(
        "  (a REST call that attributes it: %.1f ms; one that attributes a full stop: %.1f ms)%n",
        1000 * whole, 1000 * empty);
  }

  private void seconds(String what, Instant from, Instant to, double target) {
    line(what, Duration.between(from, to).toMillis() / 1000.0, "s", target);
  }

  private void line(String what, double value, String unit, double target) {
    boolean met = value <= target;
    missed |= !met;
    out.printf(
        "%-52s %9.2f %-3s %6.1f %-3s %s%n", what, value, unit, target, unit, met ? "" : "MISSED");
  }

  /** Adds a user of REST to a copy of the server, with a password that is made here. */
  private static String addUser(Setup setup, Path base) throws IOException, InterruptedException {
    byte[] random = new byte[12];
    new java.security.SecureRandom().nextBytes(random);
    String password = "p" + java.util.HexFormat.of().formatHex(random);
    ProcessBuilder builder =
        new ProcessBuilder(
            setup.home().resolve("bin/add-user.sh").toString(),
            "-a",
            "-s",
            "-u",
            "bench",
            "-p",
            password,
            "-g",
            "openledger-admin",
            "-sc",
            base.resolve("configuration").toString());
    builder.environment().put("JAVA_HOME", setup.javaHome().toString());
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("no user could be added: " + output);
    }
    return password;
  }
}
