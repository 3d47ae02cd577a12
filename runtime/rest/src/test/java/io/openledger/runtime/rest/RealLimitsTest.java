package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.spi.ServingStatus;
import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.StringReader;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real engines behind REST, with a queue that is soon full: who is refused, who goes away, who
 * reads slowly, and what each of them pays.
 */
class RealLimitsTest {

  @TempDir static Path data;
  private static RealServer real;
  private static TestDatabase database;
  private static TestServer server;
  private static RestServer rest;
  private long before;

  @BeforeAll
  static void start() throws Exception {
    real =
        RealServer.start(
            data,
            1,
            Map.of(
                "openledger.policy.fee-per-token-wei", "7",
                "openledger.serving.max-batch", "1",
                "openledger.serving.queue-limit", "8"));
    database = real.database();
    server = real.server();
    rest = real.rest();
  }

  @AfterAll
  static void stop() {
    if (real != null) {
      real.close();
    }
  }

  private static void idle() {
    TestServer.await("the engine is idle", () -> status().running() + status().queued() == 0);
  }

  private static ServingStatus status() {
    return server.server().serving();
  }

  private static long receipts() {
    return database.number("SELECT COUNT(*) FROM ol_receipts");
  }

  @BeforeEach
  void count() {
    idle();
    before = receipts();
  }

  private static JsonObject json(String text) {
    return Json.createReader(new StringReader(text)).readObject();
  }

  private static String body(int n, int tokens, String more) {
    return "{\"prompt\":\"Duty of care:\",\"seed\":5,\"n\":%d,\"max_tokens\":%d%s}"
        .formatted(n, tokens, more);
  }

  /** Every receipt is as dear as its tokens, and the ledger adds up. */
  private static void chargesAreRight() {
    assertThat(server.ledgerSum()).isEqualTo("0");
    BigInteger fees = BigInteger.ZERO;
    for (String each : column("SELECT body FROM ol_receipts")) {
      JsonObject receipt = json(each);
      int tokens = receipt.getJsonObject("usage").getInt("completionTokens");
      BigInteger fee = new BigInteger(receipt.getString("fee"));
      assertThat(fee)
          .as(each)
          .isEqualTo(
              tokens == 0
                  ? BigInteger.ZERO
                  : BigInteger.TEN.pow(15).add(BigInteger.valueOf(7L * tokens)));
      fees = fees.add(fee);
    }
    assertThat(
            database.text(
                "SELECT COALESCE(-SUM(amount), 0) FROM ol_entries WHERE account_kind = 'PAYER'"))
        .isEqualTo(fees.toString());
  }

  private static List<String> column(String sql) {
    try (java.sql.Connection c = database.pool().getConnection();
        java.sql.Statement s = c.createStatement();
        java.sql.ResultSet rows = s.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        all.add(rows.getString(1));
      }
      return all;
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void fullQueueSaysWhenToComeBackAndChargesNothing() throws Exception {
    // one runs and six of a user may wait: some of sixteen find the queue full
    HttpResponse<String> response = rest.post("user", "v1/completions", body(16, 400, ""));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(429);
    assertThat(Integer.parseInt(response.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(1, 600);
    JsonObject error = json(response.body()).getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo("OPENLEDGER-1005");
    assertThat(error.getString("type")).isEqualTo("rate_limit_error");
    idle();
    assertThat(receipts()).isEqualTo(before);
    assertThat(status().requests().refused()).isPositive();
    assertThat(rest.post("user", "v1/completions", body(4, 5, "")).statusCode()).isEqualTo(200);
    chargesAreRight();
  }

  /** A stream whose client decides what it reads. */
  private static Socket stream(String path, String json, int buffer) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(buffer);
    socket.connect(new InetSocketAddress("127.0.0.1", rest.port()));
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST /openledger/v1/"
                + path
                + " HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + RestServer.basic("user", "user")
                + "\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: "
                + json.length()
                + "\r\n\r\n"
                + json)
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return socket;
  }

  @Test
  void clientThatGoesAwayPaysAsFarAsItGot() throws Exception {
    long cancelled = status().requests().cancelled();
    long generated = status().requests().generatedTokens();
    try (Socket socket = stream("completions", body(6, 400, ",\"stream\":true"), 8192)) {
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
    }
    idle();
    TestServer.await("the answers are recorded", () -> receipts() == before + 6);
    assertThat(status().requests().cancelled()).isGreaterThan(cancelled);
    assertThat(status().requests().generatedTokens() - generated).isLessThan(6 * 400);
    chargesAreRight();
  }

  @Test
  void clientThatReadsNothingHoldsNeitherSlotNorReadiness() throws Exception {
    // with so many log-probabilities an answer is larger than all buffers between
    String slow =
        body(6, 400, ",\"stream\":true,\"logprobs\":true,\"top_logprobs\":20,\"temperature\":2")
            .replace(
                "\"prompt\":\"Duty of care:\"",
                "\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]");
    long generated = status().requests().generatedTokens();
    try (Socket first = stream("chat/completions", slow, 4096)) {
      TestServer.await(
          "it has begun", () -> status().requests().generatedTokens() > generated + 400);
      idle();
      TestServer.await(
          "the server is ready",
          () -> server.server().readiness().stream().allMatch(OpenLedgerServer.Check::up));
      assertThat(rest.post("user", "v1/completions", body(4, 5, "")).statusCode()).isEqualTo(200);
      assertThat(receipts()).as("it is still being written").isEqualTo(before + 4);
      List<String> lines =
          new BufferedReader(new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8))
              .lines()
              .filter(line -> line.startsWith("data: "))
              .toList();
      assertThat(lines.get(lines.size() - 1)).isEqualTo("data: [DONE]");
      System.out.printf(
          "%d events of %d characters were waited for%n",
          lines.size(), lines.stream().mapToInt(String::length).sum());
      assertThat(lines.stream().filter(line -> line.contains("\"receipt\":"))).hasSize(6);
    }
    assertThat(receipts()).isEqualTo(before + 6 + 4);
    chargesAreRight();
  }

  @Test
  void streamThatMeetsItsDeadlineIsPaidForAndSaysSo() throws Exception {
    HttpResponse<String> response =
        rest.post(
            "user",
            "v1/completions",
            body(6, 400, ",\"stream\":true,\"scheduling\":{\"deadline_seconds\":0.4}"));
    if (response.statusCode() == 429) {
      // so slow a machine that no token came in time: then nothing was told, and nothing is charged
      assertThat(receipts()).isEqualTo(before);
      return;
    }
    assertThat(response.body()).endsWith("data: [DONE]\n\n");
    List<JsonObject> ends =
        response
            .body()
            .lines()
            .filter(line -> line.contains("\"receipt\":"))
            .map(line -> json(line.substring(6)))
            .toList();
    assertThat(ends).hasSize(6);
    assertThat(receipts()).isEqualTo(before + 6);
    chargesAreRight();
  }

  @Test
  void answerAsAWholeThatMeetsItsDeadlineIsRefusedAndCostsNothing() throws Exception {
    HttpResponse<String> response =
        rest.post(
            "user", "v1/completions", body(6, 400, ",\"scheduling\":{\"deadline_seconds\":0.01}"));
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body()).contains("OPENLEDGER-1007");
    idle();
    assertThat(receipts()).isEqualTo(before);
  }

  @Test
  void promptThatIsTooLongAmongOthersIsRefusedBeforeAStreamBegins() throws Exception {
    String prompts =
        "[" + "\"Duty of care:\",".repeat(15) + "\"" + "duty of care ".repeat(600) + "\"]";
    HttpResponse<String> response =
        rest.post(
            "user",
            "v1/completions",
            "{\"prompt\":" + prompts + ",\"stream\":true,\"max_tokens\":400}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("OPENLEDGER-3008");
    assertThat(receipts()).isEqualTo(before);
  }
}
