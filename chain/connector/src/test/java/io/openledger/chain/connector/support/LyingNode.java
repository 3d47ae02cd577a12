package io.openledger.chain.connector.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * An endpoint in front of a real node that passes everything on until a test tells it to lie, fail
 * or dawdle. Each of these stays until {@link #honest}.
 */
public final class LyingNode implements AutoCloseable {

  /** Answers a request instead of the node. */
  public interface Answer {
    void answer(HttpExchange exchange, JsonNode request) throws IOException;
  }

  private final URI target;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newBuilder().executor(threads).build();
  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Lie> lies = new ConcurrentHashMap<>();
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private volatile Duration delay = Duration.ZERO;

  /** What becomes of a true result. */
  public interface Lie {
    JsonNode of(JsonNode params, JsonNode result);
  }

  public LyingNode(URI target) {
    this.target = target;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      JsonNode request = json.readTree(body);
      String method = request.path("method").asText();
      asked.computeIfAbsent(method, m -> new AtomicInteger()).incrementAndGet();
      Thread.sleep(delay.toMillis());
      Answer instead = answers.getOrDefault(method, answers.get("*"));
      if (instead != null) {
        instead.answer(exchange, request);
        return;
      }
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(target)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      send(exchange, response.statusCode(), lied(method, request, response.body()));
    } catch (IOException e) {
      // the client or the node went away, as some tests want it to
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private byte[] lied(String method, JsonNode request, byte[] response) throws IOException {
    Lie lie = lies.getOrDefault(method, lies.get("*"));
    JsonNode answer = json.readTree(response);
    if (lie == null || !answer.has("result")) {
      return response;
    }
    ((ObjectNode) answer).set("result", lie.of(request.path("params"), answer.get("result")));
    return json.writeValueAsBytes(answer);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /** Where it answers. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** How often a method was asked for. */
  public int asked(String method) {
    AtomicInteger count = asked.get(method);
    return count == null ? 0 : count.get();
  }

  /** How often it was asked anything. */
  public int asked() {
    return asked.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /** Passes everything on again. */
  public void honest() {
    lies.clear();
    answers.clear();
    delay = Duration.ZERO;
  }

  /** Changes the results of a method; {@code *} for all that have no lie of their own. */
  public void lies(String method, Lie lie) {
    lies.put(method, lie);
  }

  /** Answers a method itself; {@code *} for all that have no answer of their own. */
  public void answers(String method, Answer answer) {
    answers.put(method, answer);
  }

  /** Shows no receipt. */
  public void hidesReceipts() {
    lies("eth_getTransactionReceipt", (params, result) -> NullNode.instance);
  }

  /** Shows no log. */
  public void hidesLogs() {
    lies("eth_getLogs", (params, result) -> json.createArrayNode());
  }

  /** Changes what it tells of a block tag: {@code latest}, {@code safe}, {@code finalized}. */
  public void liesAboutBlock(String tag, UnaryOperator<ObjectNode> lie) {
    lies(
        "eth_getBlockByNumber",
        (params, result) ->
            params.path(0).asText().equals(tag) && result.isObject()
                ? lie.apply((ObjectNode) result)
                : result);
  }

  /** Tells the newest block as the final one. */
  public void finalizesTooEarly() {
    answers(
        "eth_getBlockByNumber",
        (exchange, request) -> {
          ArrayNode params = (ArrayNode) request.get("params");
          if (params.path(0).asText().equals("finalized")) {
            params.set(0, "latest");
          }
          try {
            send(
                exchange,
                200,
                client
                    .send(
                        HttpRequest.newBuilder(target)
                            .header("Content-Type", "application/json")
                            .POST(
                                HttpRequest.BodyPublishers.ofByteArray(
                                    json.writeValueAsBytes(request)))
                            .build(),
                        HttpResponse.BodyHandlers.ofByteArray())
                    .body());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** Is of another chain. */
  public void hasChainId(long id) {
    lies(
        "eth_chainId",
        (params, result) -> json.getNodeFactory().textNode("0x" + Long.toHexString(id)));
  }

  /** Answers a method with a JSON-RPC error; {@code *} for all. */
  public void fails(String method, int code, String message) {
    answers(
        method,
        (exchange, request) ->
            send(
                exchange,
                200,
                json.writeValueAsBytes(
                    Map.of(
                        "jsonrpc",
                        "2.0",
                        "id",
                        request.path("id").asLong(),
                        "error",
                        Map.of("code", code, "message", message)))));
  }

  /** Answers everything with an HTTP status and a text. */
  public void hasStatus(int status, String body, Map<String, String> headers) {
    answers(
        "*",
        (exchange, request) -> {
          headers.forEach((name, value) -> exchange.getResponseHeaders().add(name, value));
          send(exchange, status, body.getBytes(StandardCharsets.UTF_8));
        });
  }

  /** Begins an answer that has no end. */
  public void neverEnds() {
    answers(
        "*",
        (exchange, request) -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          while (true) {
            out.write(' ');
            out.flush();
            try {
              Thread.sleep(20);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
              return;
            }
          }
        });
  }

  /** Closes each connection without an answer. */
  public void dropsConnections() {
    answers("*", (exchange, request) -> {});
  }

  /** Answers later. */
  public void delays(Duration time) {
    delay = time;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
