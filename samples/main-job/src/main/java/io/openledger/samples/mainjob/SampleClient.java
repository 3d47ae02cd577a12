package io.openledger.samples.mainjob;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/** What a user of the sample does, and a user of the server's own REST. One thread. */
final class SampleClient {

  /**
   * A draft as it arrived.
   *
   * @param answer the stream's last line: text, spans, receipt, credits
   * @param firstText until the first piece of text
   * @param complete until the last line, attributed and committed
   */
  record Draft(JsonObject answer, Duration firstText, Duration complete) {

    String text() {
      return answer.get("text").getAsString();
    }

    int tokens() {
      return answer.get("completionTokens").getAsInt();
    }

    int spans() {
      return answer.getAsJsonArray("spans").size();
    }

    JsonObject receipt() {
      return answer.getAsJsonObject("receipt");
    }

    /** The credits' sum, which has to be the fee. */
    BigInteger credited() {
      BigInteger sum = BigInteger.ZERO;
      for (var credit : answer.getAsJsonArray("credits")) {
        sum = sum.add(new BigInteger(credit.getAsJsonObject().get("amount").getAsString()));
      }
      return sum;
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final URI server;

  SampleClient(URI server) {
    this.server = server;
  }

  /** Whether the sample says that one can draft. */
  boolean ready() throws InterruptedException {
    try {
      HttpResponse<String> response = send(get("/clause-desk/api/status"));
      return response.statusCode() == 200
          && JsonParser.parseString(response.body()).getAsJsonObject().get("ready").getAsBoolean();
    } catch (IOException e) {
      return false;
    }
  }

  /** Drafts greedily. */
  Draft draft(String beginning, int tokens) throws IOException, InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("beginning", beginning);
    body.addProperty("tokens", tokens);
    long began = System.nanoTime();
    HttpResponse<java.util.stream.Stream<String>> response =
        http.send(
            request("/clause-desk/api/draft")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build(),
            HttpResponse.BodyHandlers.ofLines());
    Duration first = Duration.ZERO;
    JsonObject last = new JsonObject();
    try (var lines = response.body()) {
      for (String line : (Iterable<String>) lines::iterator) {
        if (first.isZero()) {
          first = Duration.ofNanos(System.nanoTime() - began);
        }
        last = JsonParser.parseString(line).getAsJsonObject();
      }
    }
    if (!last.has("type") || !last.get("type").getAsString().equals("final")) {
      throw new IllegalStateException("no draft: " + response.statusCode() + " " + last);
    }
    return new Draft(last, first, Duration.ofNanos(System.nanoTime() - began));
  }

  /** The accounts of the ledger. */
  JsonArray balances() throws IOException, InterruptedException {
    return JsonParser.parseString(send(get("/clause-desk/api/balances")).body())
        .getAsJsonObject()
        .getAsJsonArray("accounts");
  }

  /** The provenance report of a receipt. */
  String report(String receipt, String format) throws IOException, InterruptedException {
    HttpResponse<String> response =
        send(get("/clause-desk/api/report/" + receipt + "?format=" + format));
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          "no report: " + response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  /**
   * An answer of the server's own REST.
   *
   * @param text what the model wrote
   * @param tokens how many
   * @param complete until it was there, attributed and committed
   */
  record Answer(String text, int tokens, Duration complete) {}

  /** Completes a text with the base model, greedily, over the server's own REST. */
  Answer complete(String model, String prompt, int tokens, String authorization)
      throws IOException, InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("model", model);
    body.addProperty("prompt", prompt);
    body.addProperty("max_tokens", tokens);
    body.addProperty("temperature", 0);
    long began = System.nanoTime();
    JsonObject answer = post("/openledger/v1/completions", body, authorization);
    Duration complete = Duration.ofNanos(System.nanoTime() - began);
    return new Answer(
        answer.getAsJsonArray("choices").get(0).getAsJsonObject().get("text").getAsString(),
        answer.getAsJsonObject("usage").get("completion_tokens").getAsInt(),
        complete);
  }

  /** How long the server's own REST takes to attribute a text, HTTP and authentication included. */
  Duration attribute(String text, String authorization) throws IOException, InterruptedException {
    JsonObject body = new JsonObject();
    body.addProperty("text", text);
    long began = System.nanoTime();
    post("/openledger/api/attribute", body, authorization);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** The header by which a user authenticates. */
  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private JsonObject post(String path, JsonObject body, String authorization)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        send(
            request(path)
                .header("Content-Type", "application/json")
                .header("Authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
    }
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  private HttpRequest get(String path) {
    return request(path).build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path)).timeout(Duration.ofSeconds(60));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  /** The median of some durations. */
  static Duration median(List<Duration> durations) {
    return durations.stream().sorted().toList().get(durations.size() / 2);
  }
}
