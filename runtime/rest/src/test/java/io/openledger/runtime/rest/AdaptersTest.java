package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.AdapterResidency;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters, where they are, and how the engine is, over HTTP. */
class AdaptersTest {

  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    rest = new RestServer();
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  @BeforeEach
  void fresh() {
    rest.fresh();
  }

  private static JsonObject json(String text) {
    return Json.createReader(new StringReader(text)).readObject();
  }

  private static HttpResponse<String> send(
      String user, String method, String path, String type, byte[] body) throws Exception {
    return rest.send(
        rest.request(user, path)
            .header("Content-Type", type)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body)));
  }

  @Test
  void adapterIsShownWithItsOwnerGrantsAndPlace() throws Exception {
    JsonObject desk = json(rest.get("user", "api/adapters/desk").body());
    assertThat(json(rest.get("user", "api/adapters").body()).getJsonArray("items"))
        .containsExactly(desk);
    assertThat(desk.getString("owner")).isEqualTo("user:bob");
    assertThat(desk.getJsonArray("granted").getString(0)).isEqualTo("user:user");
    assertThat(desk.getString("tier")).isEqualTo("HOST");
    assertThat(desk.getInt("version")).isEqualTo(3);
    assertThat(desk.getString("origin")).isEqualTo("UPLOAD");
    assertThat(desk.getString("builder")).isEqualTo("maria");
    HttpResponse<String> unknown = rest.get("user", "api/adapters/none");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("OPENLEDGER-3001");
    assertThat(unknown.headers().firstValue("Content-Type")).hasValue("application/problem+json");
  }

  @Test
  void uploadIsTakenAsItIs() throws Exception {
    byte[] zip = new byte[1 << 20];
    HttpResponse<String> made =
        send("builder", "POST", "api/adapters/desk?builder=ann", "application/zip", zip);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(made.headers().firstValue("Location").orElseThrow()).endsWith("api/adapters/desk");
    assertThat(send("builder", "PUT", "api/adapters/desk", "application/zip", zip).statusCode())
        .isEqualTo(200);
    assertThat(send("builder", "POST", "api/adapters/desk", "text/plain", zip).statusCode())
        .isEqualTo(415);
    assertThat(rest.fake.adapters.calls)
        .isEqualTo(
            List.of("upload 1048576 Optional[ann] desk", "replace 1048576 Optional.empty desk"));
  }

  @Test
  void uploadOfManyMebibytesIsTaken() throws Exception {
    // a listener with WildFly's own limit of 10 MiB would refuse it with an empty 400
    HttpResponse<String> made =
        send("builder", "POST", "api/adapters/desk", "application/zip", new byte[30 << 20]);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    assertThat(rest.fake.adapters.calls).containsExactly("upload 31457280 Optional.empty desk");
  }

  @Test
  void quotaIsAConflictAndNothingToComeBackFor() throws Exception {
    rest.fake.adapters.refusal =
        new OpenLedgerException(
            ErrorCode.ADAPTER_QUOTA, "one more", "at most none", "take adapters away");
    HttpResponse<String> refused =
        send("builder", "POST", "api/adapters/desk", "application/zip", new byte[1]);
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
    assertThat(refused.body()).contains("OPENLEDGER-3013");
    rest.fake.adapters.refusal = new BusyException("one more", "none", Duration.ofSeconds(5));
    HttpResponse<String> busy =
        send("builder", "POST", "api/adapters/desk", "application/zip", new byte[1]);
    assertThat(busy.statusCode()).isEqualTo(429);
    assertThat(busy.headers().firstValue("Retry-After")).hasValue("5");
  }

  private static List<String> ids(JsonObject list, String items) {
    return list.getJsonArray(items).getValuesAs(JsonObject.class).stream()
        .map(i -> i.getString("id"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"api/adapters", "api/residency"})
  void listsHaveParts(String path) throws Exception {
    rest.fake.adapters.more = List.of("east", "fast", "gust");
    JsonObject first = json(rest.get("user", path + "?limit=2").body());
    assertThat(ids(first, "items")).containsExactly("desk", "east");
    assertThat(first.getString("next")).isEqualTo("east");
    JsonObject second = json(rest.get("user", path + "?limit=2&after=east").body());
    assertThat(ids(second, "items")).containsExactly("fast", "gust");
    assertThat(second.containsKey("next")).isFalse();
    assertThat(ids(json(rest.get("user", path).body()), "items")).hasSize(4);
    for (String wrong : List.of("limit=0", "limit=1001", "limit=x", "after=Not%20a%20name")) {
      assertThat(rest.get("user", path + "?" + wrong).statusCode()).as(wrong).isEqualTo(400);
    }
  }

  @Test
  void modelsAreAllThereUnlessAPartIsAskedFor() throws Exception {
    assertThat(ids(json(rest.get("user", "v1/models").body()), "data"))
        .containsExactly("base", "desk");
    JsonObject first = json(rest.get("user", "v1/models?limit=1").body());
    assertThat(ids(first, "data")).containsExactly("base");
    assertThat(first.getBoolean("has_more")).isTrue();
    JsonObject second = json(rest.get("user", "v1/models?limit=1&after=base").body());
    assertThat(ids(second, "data")).containsExactly("desk");
    assertThat(second.getBoolean("has_more")).isFalse();
    assertThat(ids(json(rest.get("user", "v1/models?after=desk").body()), "data")).isEmpty();
  }

  @Test
  void uploadNeedsTheBuildersRole() throws Exception {
    assertThat(
            send("user", "POST", "api/adapters/desk", "application/zip", new byte[1]).statusCode())
        .isEqualTo(403);
    assertThat(rest.fake.adapters.calls).isEmpty();
  }

  @Test
  void accessIsChanged() throws Exception {
    HttpResponse<String> response =
        send(
            "builder",
            "PUT",
            "api/adapters/desk/access",
            "application/json",
            "{\"granted\":[\"application:shop\",\"*\"]}".getBytes());
    assertThat(json(response.body()).getJsonArray("granted").toString())
        .isEqualTo("[\"*\",\"application:shop\"]");
    assertThat(
            send("builder", "PUT", "api/adapters/desk/access", "application/json", "{}".getBytes())
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void slotIsManaged() throws Exception {
    assertThat(json(rest.post("builder", "api/adapters/desk/load", "").body()).getString("tier"))
        .isEqualTo("SLOT");
    assertThat(
            json(rest.post("builder", "api/adapters/desk/unload", "").body())
                .getBoolean("unloaded"))
        .isFalse();
    rest.send(
        rest.request("admin", "api/adapters/desk/pin").PUT(HttpRequest.BodyPublishers.noBody()));
    rest.send(rest.request("admin", "api/adapters/desk/pin").DELETE());
    assertThat(rest.send(rest.request("admin", "api/adapters/desk").DELETE()).statusCode())
        .isEqualTo(204);
    assertThat(rest.fake.adapters.calls)
        .containsExactly(
            "load desk", "unload desk", "pin true desk", "pin false desk", "unregister desk");
  }

  @Test
  void folderIsRegistered() throws Exception {
    HttpResponse<String> response =
        rest.post(
            "admin", "api/adapters", "{\"id\":\"desk\",\"granted\":[\"*\"],\"builder\":\"ann\"}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    assertThat(response.headers().firstValue("Location").orElseThrow())
        .endsWith("api/adapters/desk");
  }

  @Test
  void residencyHasATagThatChangesWithIt() throws Exception {
    HttpResponse<String> first = rest.get("user", "api/residency");
    assertThat(json(first.body()).getJsonArray("items").getJsonObject(0).getString("id"))
        .isEqualTo("desk");
    assertThat(first.body()).doesNotContain("user:bob");
    String tag = first.headers().firstValue("ETag").orElseThrow();
    HttpResponse<String> same =
        rest.send(rest.request("user", "api/residency").header("If-None-Match", tag).GET());
    assertThat(same.statusCode()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    rest.fake.adapters.tier = AdapterResidency.Tier.SLOT;
    HttpResponse<String> other =
        rest.send(rest.request("user", "api/residency").header("If-None-Match", tag).GET());
    assertThat(other.statusCode()).isEqualTo(200);
    assertThat(other.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);
  }

  @Test
  void statsHaveCountsAndPercentiles() throws Exception {
    JsonObject stats = json(rest.get("user", "api/stats").body());
    assertThat(stats.getInt("running")).isEqualTo(2);
    assertThat(stats.getJsonObject("tokens").getInt("generated")).isEqualTo(50);
    assertThat(stats.getJsonObject("adapters").getInt("evictions")).isEqualTo(2);
    JsonObject queue = stats.getJsonObject("seconds").getJsonObject("queue");
    assertThat(queue.getInt("count")).isEqualTo(4);
    assertThat(queue.getJsonNumber("mean").doubleValue()).isEqualTo(1.125);
    // two of four values lie in the first bucket, up to 0.1
    assertThat(queue.getJsonNumber("p50").doubleValue()).isEqualTo(0.1);
    assertThat(queue.getJsonNumber("p99").doubleValue()).isBetween(1.0, 3.5);
  }

  @Test
  void metricsAreTextOfPrometheus() throws Exception {
    HttpResponse<String> response = rest.get("user", "api/metrics");
    assertThat(response.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain;version=0.0.4");
    assertThat(response.body())
        .contains("openledger_serving_tokens_total{kind=\"generated\"} 50\n")
        .contains("openledger_serving_slot_lookups_total{result=\"disk\"} 2\n")
        .contains("openledger_serving_queue_seconds_bucket{le=\"0.1\"} 2\n")
        .contains("openledger_serving_queue_seconds_bucket{le=\"1.0\"} 3\n")
        .contains("openledger_serving_queue_seconds_bucket{le=\"+Inf\"} 4\n")
        .contains("openledger_serving_queue_seconds_sum 4.5\n")
        .contains("openledger_serving_memory_bytes{of=\"weights\"} 1000\n");
    assertThat(response.body().lines())
        .allMatch(
            l ->
                l.matches("# (HELP|TYPE) openledger_serving_[a-z_]+ .+")
                    || l.matches("openledger_serving_[a-z_]+(\\{[a-z]+=\"[^\"]+\"})? [0-9.E-]+"));
  }
}
