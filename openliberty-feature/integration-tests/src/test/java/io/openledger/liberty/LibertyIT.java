package io.openledger.liberty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same runtime and the same sample, unchanged, on Open Liberty. */
class LibertyIT {

  private static LibertyServer server;

  @BeforeAll
  static void install() throws Exception {
    server = LibertyServer.install();
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void injectsTheModelAndPaysTheContributorsOfItsAnswer() throws Exception {
    String last = draft();
    assertThat(last).contains("\"type\":\"final\"").contains("\"status\":\"ATTRIBUTED\"");
    assertThat(last).contains("\"role\":\"CONTRIBUTORS\"");
    String receipt = group(last, "\"receipt\":\\{\"id\":\"([0-9a-f-]{36})\"");
    HttpResponse<String> report = server.get("/clause-desk/api/report/" + receipt);
    assertThat(report.statusCode()).isEqualTo(200);
    assertThat(report.body()).contains(receipt);
  }

  @Test
  void stopsWithoutWaitingForTheEngineAndKeepsTheLedgerOverTheRestart() throws Exception {
    draft();
    String before = server.get("/clause-desk/api/balances").body();
    assertThat(before).contains("contributor:");
    Instant asked = Instant.now();
    server.close();
    Duration stopping = Duration.between(asked, Instant.now());
    server.start();
    server.awaitReady();
    // a thread that does not end holds the server for all of its quiesce period, 30 s
    assertThat(stopping).isLessThan(Duration.ofSeconds(25));
    System.out.println("the server stopped in " + stopping);
    assertThat(server.get("/clause-desk/api/balances").body()).isEqualTo(before);
  }

  @Test
  void withoutAChainEpochsCloseAndItIsSaidThatNoneIsAttached() throws Exception {
    draft();
    HttpResponse<String> closed = server.postAsAdmin("/openledger/api/ledger/epochs", "{}");
    assertThat(closed.statusCode()).as(closed.body()).isEqualTo(200);
    assertThat(closed.body()).contains("\"root\":\"");
    HttpResponse<String> outbox = server.getAsAdmin("/openledger/api/outbox");
    assertThat(outbox.statusCode()).isEqualTo(503);
    assertThat(outbox.body()).contains("no chain is attached");
    assertThat(server.log()).contains("no chain is attached");
    assertThat(server.get("/health/ready").body()).doesNotContain("rollup");
  }

  @Test
  void servesRestToThoseWithARoleAndToNobodyElse() throws Exception {
    assertThat(server.get("/openledger/v1/models").statusCode()).isEqualTo(401);
    HttpResponse<String> models = server.getAsAdmin("/openledger/v1/models");
    assertThat(models.statusCode()).isEqualTo(200);
    assertThat(models.body()).contains("speeches-3m").contains("clause-desk");
    assertThat(server.getAsAdmin("/openledger/api/adapters").body()).contains("clause-desk");
    assertThat(server.getAsAdmin("/openledger/api/stats").statusCode()).isEqualTo(200);
    assertThat(server.getAsAdmin("/openledger/api/residency").statusCode()).isEqualTo(200);
  }

  @Test
  void theServersMetricsHaveTheEnginesFigures() throws Exception {
    draft();
    // the age that a snapshot may have
    Thread.sleep(1100);
    String metrics = server.get("/metrics").body();
    String rest = server.getAsAdmin("/openledger/api/metrics").body();
    for (String figure :
        new String[] {
          "tokens_total{kind=\"generated\"}",
          "requests_total{end=\"completed\"}",
          "adapters{place=\"registered\"}",
          "memory_bytes{of=\"weights\"}",
          "first_token_seconds_bucket{le=\"+Inf\"}",
          "first_token_seconds_sum",
          "batch_size_count",
          "ready",
        }) {
      double published = figure(metrics, figure);
      assertThat(published).as(figure).isPositive().isEqualTo(figure(rest, figure));
    }
  }

  /** Of the text for Prometheus, in which the server adds labels of its own on both sides. */
  private static double figure(String text, String figure) {
    String[] parts = figure.replace("}", "").split("\\{", 2);
    String label = parts.length == 1 ? "" : Pattern.quote(parts[1]) + "[^ ]*";
    String name = "openledger_serving_" + parts[0] + "(?:\\{[^ ]*|)";
    return Double.parseDouble(group(text, "(?m)^" + name + label + " (\\S+)$"));
  }

  private static String draft() throws Exception {
    HttpResponse<String> drafted =
        server.post("/clause-desk/api/draft", "{\"beginning\":\"Duty of care:\",\"tokens\":60}");
    assertThat(drafted.statusCode()).isEqualTo(200);
    String[] lines = drafted.body().split("\n");
    return lines[lines.length - 1];
  }

  private static String group(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }
}
