package io.openledger.chain.connector.rpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node that does what a test tells it to. */
final class HostileNode implements AutoCloseable {

  private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

  /** Answers one request; the body of the request is given. */
  interface Script {
    void answer(HttpExchange exchange, String request) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Script script = (exchange, request) -> send(exchange, 200, "{}");

  HostileNode() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          String request =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          try {
            script.answer(exchange, request);
          } catch (IOException e) {
            // the client went away, as some tests want it to
          } finally {
            exchange.close();
          }
        });
    server.start();
  }

  void does(Script next) {
    script = next;
  }

  /** Answers each request with a JSON text in which {@code $id} is the request's id. */
  void answers(String json) {
    does((exchange, request) -> send(exchange, 200, json.replace("$id", id(request))));
  }

  static String id(String request) {
    Matcher matcher = ID.matcher(request);
    return matcher.find() ? matcher.group(1) : "0";
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  int requests() {
    return requests.get();
  }

  URI uri(String user, String path) {
    return URI.create("http://" + user + "127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
