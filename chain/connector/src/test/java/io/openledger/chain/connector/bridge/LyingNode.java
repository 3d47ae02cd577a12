package io.openledger.chain.connector.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;

/** Stands in front of a node and changes what it answers. */
final class LyingNode implements AutoCloseable {

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();

  /** Changes a result in place; the method is given. */
  private volatile BiConsumer<String, ObjectNode> lie = (method, result) -> {};

  LyingNode(URI behind) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          JsonNode request = json.readTree(exchange.getRequestBody().readAllBytes());
          JsonNode answer;
          try {
            answer =
                json.readTree(
                    client
                        .send(
                            HttpRequest.newBuilder(behind)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(request.toString()))
                                .build(),
                            HttpResponse.BodyHandlers.ofString())
                        .body());
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          if (answer.path("result") instanceof ObjectNode result) {
            lie.accept(request.get("method").asText(), result);
          }
          byte[] bytes = json.writeValueAsBytes(answer);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  void tells(BiConsumer<String, ObjectNode> next) {
    lie = next;
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
