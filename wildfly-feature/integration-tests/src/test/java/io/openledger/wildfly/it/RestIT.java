package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** REST as the subsystem deploys it: users, roles, answers in one piece and as a stream, health. */
@ArquillianTest
@RunAsClient
class RestIT {

  private static final int OFFSET = Integer.getInteger("server.port.offset");

  private final Rest desk = new Rest(OFFSET, "rest-desk");
  private final Rest reader = new Rest(OFFSET, "rest-reader");
  private final Rest nobody = new Rest(OFFSET, "");
  private final Rest admin = new Rest(OFFSET, "rest-admin");

  /** Arquillian starts the server for a deployment; this one does not use the API. */
  @Deployment(testable = false)
  static WebArchive bystander() {
    return ShrinkWrap.create(WebArchive.class, "bystander.war")
        .addAsWebResource(new StringAsset("here"), "index.html");
  }

  /** Once for all tests; none of them changes it. */
  @BeforeAll
  static void seed() throws Exception {
    Rest desk = new Rest(OFFSET, "rest-desk");
    Rest admin = new Rest(OFFSET, "rest-admin");
    Path home = Path.of(System.getProperty("jboss.home"));
    Users.add(
        home,
        home.resolve("standalone"),
        "rest-desk",
        "openledger-user,openledger-curator,openledger-contributor");
    Users.add(home, home.resolve("standalone"), "rest-reader", "openledger-contributor");
    Users.add(home, home.resolve("standalone"), "rest-admin", "openledger-admin");
    Ready.await(desk);
    JsonObject datanet = new JsonObject();
    datanet.addProperty("id", "it-rest");
    datanet.addProperty("title", "Clauses");
    datanet.addProperty("visibility", "PUBLIC");
    assertThat(desk.post("/openledger/api/datanets", datanet).status()).isIn(201, 409);
    // the clauses bear addresses of six people, which no user but an admin may give
    for (JsonObject draft : Clauses.drafts(78)) {
      Rest.Reply reply = admin.post("/openledger/api/datanets/it-rest/contributions", draft);
      assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    }
  }

  @Test
  void uploadLargerThanServersTakeByThemselvesReachesTheFeature() throws Exception {
    Rest.Reply reply = admin.upload("/openledger/api/adapters/large", new byte[30 << 20]);
    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.body()).contains("OPENLEDGER-3006", "adapter_config.json");
  }

  @Test
  void answersWithAttributionBesideTheStandardFields() throws Exception {
    Rest.Reply reply = desk.post("/openledger/v1/completions", completion("Duty of care:"));
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    JsonObject answer = reply.json();
    String text =
        answer.getAsJsonArray("choices").get(0).getAsJsonObject().get("text").getAsString();
    assertThat(text).isNotBlank();
    JsonObject attribution = answer.getAsJsonObject("attribution");
    assertThat(attribution.get("status").getAsString()).isEqualTo("ATTRIBUTED");
    assertThat(attribution.getAsJsonArray("evidence")).isNotEmpty();
    String receipt = attribution.get("receipt").getAsString();
    assertThat(desk.get("/openledger/api/receipts/" + receipt).status()).isEqualTo(200);
  }

  @Test
  void streamsAnAnswerWhileItIsMade() throws Exception {
    JsonObject request = completion("Duty of care:");
    request.addProperty("stream", true);
    List<Long> arrivals = new ArrayList<>();
    List<String> events = events("/openledger/v1/completions", request, arrivals);
    assertThat(events).hasSizeGreaterThan(10);
    // a stream that was held back would arrive at one moment
    assertThat(arrivals.get(arrivals.size() - 1) - arrivals.get(0)).isGreaterThan(1_000_000L);
    String streamed =
        events.stream()
            .limit(events.size() - 1)
            .map(RestIT::choice)
            .map(choice -> choice.get("text").getAsString())
            .collect(Collectors.joining());
    Rest.Reply whole = desk.post("/openledger/v1/completions", completion("Duty of care:"));
    assertThat(streamed).isEqualTo(choice(whole.body()).get("text").getAsString());
  }

  @Test
  void streamsAConversationThroughTheCheckpointsTemplate() throws Exception {
    JsonObject message = new JsonObject();
    message.addProperty("role", "user");
    message.addProperty("content", "Duty of care:");
    JsonArray messages = new JsonArray();
    messages.add(message);
    JsonObject request = new JsonObject();
    request.add("messages", messages);
    request.addProperty("max_tokens", 32);
    request.addProperty("temperature", 0);
    request.addProperty("stream", true);
    List<String> events = events("/openledger/v1/chat/completions", request, new ArrayList<>());
    JsonObject first = choice(events.get(0)).getAsJsonObject("delta");
    assertThat(first.get("role").getAsString()).isEqualTo("assistant");
    assertThat(first.get("content").getAsString()).isNotEmpty();
  }

  /** The data of each event, after the end of the stream was checked. */
  private List<String> events(String path, JsonObject request, List<Long> arrivals)
      throws Exception {
    HttpResponse<Stream<String>> response = desk.stream(path, request);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    List<String> events = new ArrayList<>();
    response
        .body()
        .filter(line -> line.startsWith("data: "))
        .forEach(
            line -> {
              events.add(line.substring("data: ".length()));
              arrivals.add(System.nanoTime());
            });
    assertThat(events).hasSizeGreaterThan(2);
    assertThat(events.get(events.size() - 1)).isEqualTo("[DONE]");
    String last = events.get(events.size() - 2);
    assertThat(choice(last).get("finish_reason").getAsString()).isIn("stop", "length");
    JsonObject attribution =
        JsonParser.parseString(last).getAsJsonObject().getAsJsonObject("attribution");
    assertThat(attribution.get("status").getAsString()).isEqualTo("ATTRIBUTED");
    return events;
  }

  private static JsonObject choice(String answer) {
    return JsonParser.parseString(answer)
        .getAsJsonObject()
        .getAsJsonArray("choices")
        .get(0)
        .getAsJsonObject();
  }

  @Test
  void refusesWhoIsNobodyAndWhoLacksTheRole() throws Exception {
    assertThat(nobody.post("/openledger/v1/completions", completion("x")).status()).isEqualTo(401);
    Rest.Reply refused = reader.post("/openledger/v1/completions", completion("x"));
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.body()).contains("OPENLEDGER-1002");
  }

  @Test
  void refusesAnUnknownModelByItsCode() throws Exception {
    JsonObject request = completion("x");
    request.addProperty("model", "nobody");
    Rest.Reply refused = desk.post("/openledger/v1/completions", request);
    assertThat(refused.status()).isEqualTo(404);
    assertThat(refused.body()).contains("OPENLEDGER-3001");
  }

  @Test
  void healthIsOnTheManagementPortAndSaysWhatItFound() throws Exception {
    assertThat(desk.management("/health/live").status()).isEqualTo(200);
    Rest.Reply ready = desk.management("/health/ready");
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.body())
        .contains("\"store\":\"UP: ")
        .contains("\"model\":\"UP: ")
        .contains("\"index\":\"UP: ")
        .contains("\"adapters\":\"UP: ");
  }

  @Test
  void describesItselfInOpenApi() throws Exception {
    Rest.Reply reply = nobody.get("/openledger/openapi?format=JSON");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).contains("/v1/chat/completions");
  }

  private static JsonObject completion(String prompt) {
    JsonObject request = new JsonObject();
    request.addProperty("model", "clause-desk");
    request.addProperty("prompt", prompt);
    request.addProperty("max_tokens", 48);
    request.addProperty("temperature", 0);
    return request;
  }
}
