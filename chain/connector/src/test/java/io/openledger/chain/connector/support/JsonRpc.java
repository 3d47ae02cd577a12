package io.openledger.chain.connector.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Asks nodes without any of the code under test. Safe for any thread. */
final class JsonRpc {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  /** A node cannot be reached. */
  static final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreachable(String what, Throwable cause) {
      super(what, cause);
    }
  }

  /**
   * Asks a node.
   *
   * @return the result
   * @throws AssertionError if it answers an error
   * @throws Unreachable if it does not answer
   */
  JsonNode ask(URI node, String method, Object... params) {
    try {
      String body =
          json.writeValueAsString(
              Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", List.of(params)));
      JsonNode answer =
          json.readTree(
              client
                  .send(
                      HttpRequest.newBuilder(node)
                          .header("Content-Type", "application/json")
                          .timeout(PATIENCE)
                          .POST(HttpRequest.BodyPublishers.ofString(body))
                          .build(),
                      HttpResponse.BodyHandlers.ofString())
                  .body());
      if (answer.has("error")) {
        throw new AssertionError(method + ": " + answer.get("error"));
      }
      return answer.get("result");
    } catch (IOException e) {
      throw new Unreachable(method + ": " + node + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable(method + ": interrupted", e);
    }
  }
}
