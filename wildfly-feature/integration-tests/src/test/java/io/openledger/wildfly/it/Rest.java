package io.openledger.wildfly.it;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;

/**
 * A client of the server's HTTP ports, as one user. Refusals are returned like answers.
 *
 * @param offset by which the server's ports are moved
 * @param user whose password is {@link #PASSWORD}; empty: nobody
 */
record Rest(int offset, String user) {

  static final String PASSWORD = "Test-Only-1";

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** What came back. */
  record Reply(int status, String type, String body) {
    JsonObject json() {
      return JsonParser.parseString(body).getAsJsonObject();
    }
  }

  Reply get(String path) throws IOException, InterruptedException {
    return send(request(path).GET().build());
  }

  Reply post(String path, JsonObject body) throws IOException, InterruptedException {
    return send(json(path, body).build());
  }

  Reply put(String path, JsonObject body) throws IOException, InterruptedException {
    return send(json(path, body).PUT(HttpRequest.BodyPublishers.ofString(body.toString())).build());
  }

  Reply upload(String path, byte[] zip) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/zip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(zip))
            .build());
  }

  /** The lines of the answer while they arrive. */
  HttpResponse<Stream<String>> stream(String path, JsonObject body)
      throws IOException, InterruptedException {
    return HTTP.send(json(path, body).build(), HttpResponse.BodyHandlers.ofLines());
  }

  /** A path on the management port. */
  Reply management(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + (9990 + offset) + path);
    return send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build());
  }

  private HttpRequest.Builder json(String path, JsonObject body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (8080 + offset) + path))
            .timeout(Duration.ofSeconds(60));
    if (!user.isEmpty()) {
      String credentials = user + ":" + PASSWORD;
      request.header(
          "Authorization",
          "Basic "
              + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)));
    }
    return request;
  }

  private static Reply send(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    return new Reply(
        response.statusCode(),
        response.headers().firstValue("Content-Type").orElse(""),
        response.body());
  }
}
