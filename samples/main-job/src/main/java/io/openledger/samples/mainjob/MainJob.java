package io.openledger.samples.mainjob;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The main job, once, on a running server: draft, evidence, conservation, report. */
final class MainJob {

  /** A clause of the sample that its adapter recites. */
  static final String BEGINNING = "Duty of care:";

  private MainJob() {}

  /**
   * Starts a fresh copy of the server on a JDK, does the job, and stops it.
   *
   * @return from the start of the process to the first attributed answer
   * @throws IllegalStateException naming what did not hold
   */
  static Duration check(Setup setup, Path work, int offset)
      throws IOException, InterruptedException {
    Path base = ServerDirectory.fresh(setup, work.resolve("check"));
    Instant began = Instant.now();
    try (ProvisionedServer server = ProvisionedServer.start(setup, base, offset)) {
      SampleClient sample = awaitSample(server);
      SampleClient.Draft draft = sample.draft(BEGINNING, 100);
      Duration took = Duration.between(began, Instant.now());
      verify(sample, draft);
      return took;
    }
  }

  /** Waits until the server is ready and the sample has its clauses. */
  static SampleClient awaitSample(ProvisionedServer server) throws InterruptedException {
    server.awaitReady(Duration.ofSeconds(120));
    SampleClient sample = new SampleClient(server.http());
    Instant limit = Instant.now().plusSeconds(60);
    while (!sample.ready()) {
      if (Instant.now().isAfter(limit)) {
        throw new IllegalStateException("the sample did not get ready within 60 s");
      }
      Thread.sleep(100);
    }
    return sample;
  }

  /** That a draft has evidence, pays exactly its fee, and has a report. */
  static void verify(SampleClient sample, SampleClient.Draft draft)
      throws IOException, InterruptedException {
    require(draft.spans() > 0, "the answer names no contribution");
    require(
        draft.receipt().get("status").getAsString().equals("ATTRIBUTED"),
        "the receipt says " + draft.receipt().get("status"));
    BigInteger fee = new BigInteger(draft.receipt().get("fee").getAsString());
    require(fee.signum() > 0 && fee.equals(draft.credited()), "fee and credits differ");
    BigInteger sum = BigInteger.ZERO;
    for (JsonElement account : sample.balances()) {
      sum = sum.add(new BigInteger(account.getAsJsonObject().get("balance").getAsString()));
    }
    require(sum.signum() == 0, "the ledger's balances add up to " + sum);
    String id = draft.receipt().get("id").getAsString();
    require(sample.report(id, "json").contains(id), "the JSON report does not name its receipt");
    require(sample.report(id, "csv").lines().count() > 1, "the CSV report has no credits");
    require(sample.report(id, "html").contains(id), "the HTML report does not name its receipt");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
