package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.AttributionMode;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.Sampling;
import io.openledger.runtime.Boundary;
import io.openledger.runtime.Caller;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.StringReader;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionsTest {

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

  static JsonObject json(String text) {
    return Json.createReader(new StringReader(text)).readObject();
  }

  private JsonObject refused(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    return json(response.body()).getJsonObject("error");
  }

  @Test
  void completesAsOpenAiDoesAndSaysWhatShapedTheAnswer() throws Exception {
    rest.fake
        .datanets
        .as(Caller.application("x"))
        .contribute(
            new DatanetId("clauses"),
            ContributionDraft.builder("An answer")
                .title("A title")
                .licence("CC-BY-4.0")
                .contributors(
                    List.of(ContributorShare.sole(new ContributorId("alice"), Optional.empty())))
                .build());
    HttpResponse<String> response =
        rest.post(
            "user",
            "v1/completions",
            """
            {"model": "desk", "prompt": "Say", "max_tokens": 7, "temperature": 0.5, "top_p": 0.9,
             "top_k": 40, "seed": 42, "stop": ["\\n", "END"], "user": "someone", "n": 1,
             "logprobs": null, "echo": false}
            """);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
    JsonObject answer = json(response.body());
    assertThat(answer.getString("object")).isEqualTo("text_completion");
    assertThat(answer.getString("id")).isEqualTo("cmpl-" + FakeServer.RECEIPT);
    assertThat(answer.getInt("created")).isEqualTo((int) FakeServer.NOW.getEpochSecond());
    assertThat(answer.getString("model")).isEqualTo("desk");
    JsonObject choice = answer.getJsonArray("choices").getJsonObject(0);
    assertThat(choice.getString("text")).isEqualTo("An answer — complete.");
    assertThat(choice.getString("finish_reason")).isEqualTo("stop");
    assertThat(answer.getJsonObject("usage"))
        .isEqualTo(json("{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}"));
    JsonObject attribution = answer.getJsonObject("attribution");
    assertThat(attribution.getString("receipt")).isEqualTo(FakeServer.RECEIPT.value());
    assertThat(attribution.getString("status")).isEqualTo("ATTRIBUTED");
    assertThat(attribution.getString("fee")).isEqualTo(FakeServer.HUGE.toString());
    assertThat(attribution.getJsonArray("evidence").getJsonObject(0))
        .isEqualTo(
            json(
                """
                {"start":0,"end":2,"tokens":1,"millibits":9000,"creditedMillibits":8000,
                 "occurrences":2,"contributionCount":1,"contributions":["clauses:1"],
                 "credited":[{"contribution":"clauses:1","millibits":8000}],
                 "kind":"span"}"""));
    assertThat(attribution.getJsonObject("contributions").getJsonObject("clauses:1"))
        .isEqualTo(
            json(
                """
                {"title":"A title","licence":"CC-BY-4.0",
                 "contributors":[{"contributor":"alice","basisPoints":10000}]}"""));
    assertThat(attribution.getJsonArray("credits").getJsonObject(0))
        .isEqualTo(
            json(
                "{\"role\":\"CONTRIBUTORS\",\"account\":\"contributor:alice\",\"amount\":\""
                    + FakeServer.HUGE
                    + "\",\"contribution\":\"clauses:1\"}"));
    assertThat(rest.fake.prompts)
        .containsExactly(
            new Prompt(
                new Prompt.Text("Say"),
                GenerationOptions.of(
                    7,
                    Sampling.at(0.5).cut(40, 0.9, 0),
                    OptionalLong.of(42),
                    List.of("\n", "END"))));
    assertThat(rest.fake.callers)
        .contains(Caller.user("openledger", "user", Set.of(Caller.Role.USER)));
  }

  @Test
  void chatsWithEveryRoleAndWithParts() throws Exception {
    HttpResponse<String> response =
        rest.post(
            "user",
            "v1/chat/completions",
            """
            {"messages": [{"role": "developer", "content": "Be brief."},
              {"role": "user", "content": [{"type": "text", "text": "a"},
                                           {"type": "text", "text": "b"}]},
              {"role": "assistant", "content": "c"}, {"role": "user", "content": "d"}],
             "max_completion_tokens": 9, "stop": "x"}
            """);
    JsonObject answer = json(response.body());
    assertThat(answer.getString("object")).isEqualTo("chat.completion");
    assertThat(answer.getString("model")).isEqualTo("base");
    assertThat(answer.getJsonArray("choices").getJsonObject(0).getJsonObject("message"))
        .isEqualTo(
            json(
                "{\"role\":\"assistant\",\"content\":\"An answer — complete.\",\"refusal\":null}"));
    assertThat(rest.fake.prompts)
        .containsExactly(
            new Prompt(
                new Prompt.Chat(
                    List.of(
                        ChatMessage.system("Be brief."),
                        ChatMessage.user("ab"),
                        ChatMessage.assistant("c"),
                        ChatMessage.user("d"))),
                GenerationOptions.of(9, Sampling.at(1), OptionalLong.empty(), List.of("x"))));
  }

  @Test
  void requestMayDeclareItsBoundary() throws Exception {
    rest.post(
        "user",
        "v1/completions",
        """
        {"prompt": "p", "attribution":
          {"datanets": ["clauses"], "policy": "cheap", "mode": "best_effort"}}
        """);
    Boundary boundary = rest.fake.boundaries.get(0);
    assertThat(boundary.datanets()).containsExactly(new DatanetId("clauses"));
    assertThat(boundary.policy()).contains("cheap");
    assertThat(boundary.mode()).isEqualTo(AttributionMode.BEST_EFFORT);
  }

  @Test
  void textArrivesBeforeTheAnswerIsComplete() throws Exception {
    CountDownLatch rest2 = new CountDownLatch(1);
    rest.fake.betweenWords = rest2;
    HttpResponse<InputStream> response =
        rest.open(
            rest.request("user", "v1/chat/completions")
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        """
                        {"messages": [{"role": "user", "content": "q"}], "stream": true,
                         "stream_options": {"include_usage": true}}
                        """)));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/event-stream;charset=UTF-8");
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      // the model waits after its first word until this test has read it
      JsonObject first = event(in);
      assertThat(first.getString("object")).isEqualTo("chat.completion.chunk");
      assertThat(delta(first)).isEqualTo(json("{\"role\":\"assistant\",\"content\":\"An \"}"));
      rest2.countDown();
      assertThat(delta(event(in))).isEqualTo(json("{\"content\":\"answer \"}"));
      assertThat(delta(event(in))).isEqualTo(json("{\"content\":\"— \"}"));
      assertThat(delta(event(in))).isEqualTo(json("{\"content\":\"complete.\"}"));
      JsonObject last = event(in);
      assertThat(last.getString("id")).isEqualTo(first.getString("id"));
      assertThat(delta(last)).isEmpty();
      assertThat(last.getJsonArray("choices").getJsonObject(0).getString("finish_reason"))
          .isEqualTo("stop");
      assertThat(last.getJsonObject("attribution").getString("receipt"))
          .isEqualTo(FakeServer.RECEIPT.value());
      JsonObject usage = event(in);
      assertThat(usage.getJsonArray("choices")).isEmpty();
      assertThat(usage.getJsonObject("usage").getInt("completion_tokens")).isEqualTo(4);
      assertThat(in.readLine()).isEqualTo("data: [DONE]");
      assertThat(in.readLine()).isEmpty();
      assertThat(in.readLine()).isNull();
    }
  }

  private static JsonObject event(BufferedReader in) throws Exception {
    String line = in.readLine();
    assertThat(line).startsWith("data: ");
    assertThat(in.readLine()).isEmpty();
    return json(line.substring("data: ".length()));
  }

  private static JsonObject delta(JsonObject event) {
    return event.getJsonArray("choices").getJsonObject(0).getJsonObject("delta");
  }

  @Test
  void streamShowsEvidenceBesideTheText() throws Exception {
    rest.fake.words = List.of("An ");
    rest.fake.evidenceAfterWord =
        List.of(
            new SpanMatch(
                0, 2, 7, 51_000, 50_000, 3, 2, List.of(ContributionId.parse("clauses:4"))));
    List<JsonObject> events =
        rest.post(
                "user",
                "v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"p\"}],\"stream\":true}")
            .body()
            .lines()
            .filter(l -> l.startsWith("data: {"))
            .map(l -> json(l.substring("data: ".length())))
            .toList();
    assertThat(events).hasSize(3);
    assertThat(delta(events.get(1))).isEmpty();
    JsonObject span = events.get(1).getJsonArray("evidence").getJsonObject(0);
    assertThat(span)
        .isEqualTo(
            json(
                "{\"start\":0,\"end\":2,\"tokens\":7,\"millibits\":51000,"
                    + "\"creditedMillibits\":50000,\"occurrences\":3,\"contributionCount\":2,"
                    + "\"contributions\":[\"clauses:4\"],"
                    + "\"credited\":[{\"contribution\":\"clauses:4\",\"millibits\":50000}],"
                    + "\"kind\":\"span\"}"));
    assertThat(events.get(2).containsKey("attribution")).isTrue();
  }

  @Test
  void streamOfACompletionHasTexts() throws Exception {
    String body = rest.post("user", "v1/completions", "{\"prompt\":\"p\",\"stream\":true}").body();
    List<JsonValue> texts =
        body.lines()
            .filter(l -> l.startsWith("data: {"))
            .map(l -> json(l.substring(6)).getJsonArray("choices").getJsonObject(0).get("text"))
            .toList();
    assertThat(texts.toString()).isEqualTo("[\"An \", \"answer \", \"— \", \"complete.\", \"\"]");
    assertThat(body).endsWith("data: [DONE]\n\n").doesNotContain("usage");
  }

  @Test
  void everyEventIsOneLineWhateverTheTextHas() throws Exception {
    rest.fake.words =
        List.of(
            "a\nb",
            "\r\n\n",
            "data: [DONE]\n\n",
            "\"\\",
            "\u2028\u2029\u0085\u0000",
            "\uD83D\uDE00é");
    String body = rest.post("user", "v1/completions", "{\"prompt\":\"p\",\"stream\":true}").body();
    StringBuilder text = new StringBuilder();
    String[] events = body.split("\n\n");
    for (String event : events) {
      assertThat(event).startsWith("data: ").doesNotContain("\n").doesNotContain("\r");
      if (event.startsWith("data: {")) {
        text.append(
            json(event.substring(6)).getJsonArray("choices").getJsonObject(0).getString("text"));
      }
    }
    assertThat(events).hasSize(rest.fake.words.size() + 2);
    assertThat(text).hasToString(String.join("", rest.fake.words));
  }

  @Test
  void clientThatGoesAwayCancelsTheAnswer() throws Exception {
    rest.fake.endless = true;
    String body = "{\"prompt\":\"p\",\"stream\":true}";
    try (Socket socket = new Socket("127.0.0.1", rest.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /openledger/v1/completions HTTP/1.1\r\nHost: x\r\nAuthorization: "
                  + RestServer.basic("user", "user")
                  + "\r\nContent-Type: application/json\r\nContent-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200");
      assertThat(rest.fake.cancelled.getCount()).isEqualTo(1);
    }
    assertThat(rest.fake.cancelled.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void streamThatFailsBeforeItsFirstTextHasAStatus() throws Exception {
    rest.fake.failure = Optional.of(busy());
    HttpResponse<String> response =
        rest.post("user", "v1/completions", "{\"prompt\":\"p\",\"stream\":true}");
    JsonObject error = refused(429, response);
    assertThat(error.getString("type")).isEqualTo("rate_limit_error");
    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
  }

  @Test
  void streamThatFailsLaterEndsWithTheError() throws Exception {
    rest.fake.failure = Optional.of(busy());
    rest.fake.failAfterWords = 2;
    HttpResponse<String> response =
        rest.post("user", "v1/completions", "{\"prompt\":\"p\",\"stream\":true}");
    assertThat(response.statusCode()).isEqualTo(200);
    List<String> events = response.body().lines().filter(l -> !l.isEmpty()).toList();
    assertThat(events).hasSize(3);
    assertThat(json(events.get(2).substring(6)).getJsonObject("error").getString("code"))
        .isEqualTo("OPENLEDGER-1005");
  }

  private static OpenLedgerException busy() {
    return new OpenLedgerException(ErrorCode.BUSY, "64 waiting", "64", "try again later");
  }

  @Test
  void modelThatDoesNotExistIsNotFound() throws Exception {
    JsonObject error =
        refused(404, rest.post("user", "v1/completions", "{\"prompt\":\"p\",\"model\":\"x\"}"));
    assertThat(error.getString("code")).isEqualTo("OPENLEDGER-3001");
    error =
        refused(
            404, rest.post("user", "v1/completions", "{\"prompt\":\"p\",\"model\":\"Org/Name\"}"));
    assertThat(error.getString("code")).isEqualTo("OPENLEDGER-3001");
    assertThat(error.getString("param")).isEqualTo("model");
  }

  @Test
  void defectOfOursTellsNothingButAnIncident() throws Exception {
    rest.fake.failure = Optional.of(new IllegalStateException("secret of the implementation"));
    HttpResponse<String> response = rest.post("user", "v1/completions", "{\"prompt\":\"p\"}");
    JsonObject error = refused(500, response);
    assertThat(error.getString("type")).isEqualTo("server_error");
    assertThat(error.getString("message")).containsPattern("incident [0-9a-f-]{36}");
    assertThat(response.body()).doesNotContain("secret").doesNotContain("IllegalState");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"best_of\": 2",
        "\"suffix\": \"x\"",
        "\"logit_bias\": {\"5\": 1}",
        "\"tools\": [{\"type\": \"function\"}]",
        "\"reasoning_effort\": \"high\"",
        "\"temprature\": 0"
      })
  void parameterThatWouldChangeTheAnswerIsRefusedByName(String member) throws Exception {
    String name = member.substring(1, member.indexOf('"', 1));
    JsonObject error =
        refused(400, rest.post("user", "v1/completions", "{\"prompt\":\"p\"," + member + "}"));
    assertThat(error.getString("type")).isEqualTo("invalid_request_error");
    assertThat(error.getString("param")).isEqualTo(name);
    assertThat(error.getString("message")).contains("not supported");
    assertThat(rest.fake.prompts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"n\": 1",
        "\"suffix\": \"\"",
        "\"logit_bias\": {}",
        "\"tools\": []",
        "\"tool_choice\": \"none\"",
        "\"response_format\": {\"type\": \"text\"}",
        "\"presence_penalty\": 0",
        "\"reasoning_effort\": null",
        "\"metadata\": {\"a\": \"b\"}"
      })
  void parameterThatAsksForWhatHappensAnywayIsAllowed(String member) throws Exception {
    assertThat(
            rest.post("user", "v1/completions", "{\"prompt\":\"p\"," + member + "}").statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"prompt\": \"\"}",
        "{\"prompt\": \"p\", \"max_tokens\": 0}",
        "{\"prompt\": \"p\", \"max_tokens\": 1.5}",
        "{\"prompt\": \"p\", \"max_tokens\": 1e400000000}",
        "{\"prompt\": \"p\", \"max_tokens\": 4294967297}",
        "{\"prompt\": \"p\", \"temperature\": 3}",
        "{\"prompt\": \"p\", \"temperature\": 1e999}",
        "{\"prompt\": \"p\", \"temperature\": \"1\"}",
        "{\"prompt\": \"p\", \"top_p\": 0}",
        "{\"prompt\": \"p\", \"seed\": \"x\"}",
        "{\"prompt\": \"p\", \"stop\": [\"\"]}",
        "{\"prompt\": \"p\", \"stop\": 5}",
        "{\"prompt\": \"p\", \"stream\": \"yes\"}",
        "{\"prompt\": \"p\", \"stream_options\": {\"include_usage\": true}}",
        "{\"prompt\": \"p\", \"attribution\": {\"datanets\": [\"No Name\"]}}",
        "{\"prompt\": \"p\", \"attribution\": {\"mode\": \"maybe\"}}",
        "{\"prompt\": \"p\", \"attribution\": {\"policies\": []}}",
        "{\"prompt\": \"p\", \"prompt\": \"q\"}",
        "{\"prompt\": \"p\"",
        "[]",
        "5",
        ""
      })
  void badCompletionIsRefused(String body) throws Exception {
    JsonObject error = refused(400, rest.post("user", "v1/completions", body));
    assertThat(error.getString("code")).startsWith("OPENLEDGER-100");
    assertThat(rest.fake.prompts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messages\": []}",
        "{\"messages\": \"hello\"}",
        "{\"messages\": [{\"role\": \"tool\", \"content\": \"x\"}]}",
        "{\"messages\": [{\"role\": \"user\"}]}",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\", \"name\": \"bob\"}]}",
        "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"max_tokens\": 1,"
            + " \"max_completion_tokens\": 2}"
      })
  void badConversationIsRefused(String body) throws Exception {
    refused(400, rest.post("user", "v1/chat/completions", body));
    assertThat(rest.fake.prompts).isEmpty();
  }

  @Test
  void refusalDoesNotRepeatWhatWasSent() throws Exception {
    assertThat(rest.post("user", "v1/completions", "{\"prompt\": \"secret").body())
        .doesNotContain("secret")
        .contains("line 1");
  }

  @Test
  void listsModelsAsOpenAiDoes() throws Exception {
    JsonObject list = json(rest.get("user", "v1/models").body());
    assertThat(list.getString("object")).isEqualTo("list");
    assertThat(list.getJsonArray("data")).hasSize(2);
    JsonObject desk = list.getJsonArray("data").getJsonObject(1);
    assertThat(desk.getString("id")).isEqualTo("desk");
    assertThat(desk.getString("parent")).isEqualTo("base");
    assertThat(json(rest.get("user", "v1/models/desk").body())).isEqualTo(desk);
    assertThat(refused(404, rest.get("user", "v1/models/none")).getString("code"))
        .isEqualTo("OPENLEDGER-3001");
  }
}
