package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.BusyException;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Handling;
import io.openledger.api.model.Prompt;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of the OpenAI API changes an answer or its form beyond the plain case. */
class OpenAiParametersTest {

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

  private static JsonObject ok(String path, String body) throws Exception {
    HttpResponse<String> response = rest.post("user", path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  private static JsonObject choice(JsonObject answer, int index) {
    return answer.getJsonArray("choices").getJsonObject(index);
  }

  private static final String CHAT = "\"messages\":[{\"role\":\"user\",\"content\":\"q\"}]";

  @Test
  void everyAnswerOfNHasItsSeedIndexAndReceipt() throws Exception {
    JsonObject answer = ok("v1/chat/completions", "{" + CHAT + ",\"n\":3,\"seed\":41}");
    assertThat(answer.getJsonArray("choices")).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(choice(answer, i).getInt("index")).isEqualTo(i);
      assertThat(choice(answer, i).getJsonObject("attribution").getString("receipt"))
          .isEqualTo(FakeServer.RECEIPT.value());
    }
    assertThat(answer.containsKey("attribution")).isFalse();
    assertThat(answer.getJsonObject("usage"))
        .isEqualTo(json("{\"prompt_tokens\":9,\"completion_tokens\":12,\"total_tokens\":21}"));
    assertThat(rest.fake.prompts.stream().map(p -> p.options().seed()))
        .containsExactly(OptionalLong.of(41), OptionalLong.of(42), OptionalLong.of(43));
  }

  @Test
  void severalPromptsAreAnsweredInTheirOrder() throws Exception {
    JsonObject answer = ok("v1/completions", "{\"prompt\":[\"a\",\"b\"],\"n\":2,\"echo\":true}");
    assertThat(rest.fake.prompts.stream().map(p -> ((Prompt.Text) p.content()).text()))
        .containsExactly("a", "a", "b", "b");
    assertThat(choice(answer, 0).getString("text")).isEqualTo("aAn answer — complete.");
    assertThat(choice(answer, 3).getString("text")).isEqualTo("bAn answer — complete.");
  }

  @Test
  void streamOfSeveralAnswersNamesEachChoiceAndSumsUsage() throws Exception {
    String body =
        rest.post(
                "user",
                "v1/chat/completions",
                "{"
                    + CHAT
                    + ",\"n\":2,\"stream\":true,"
                    + "\"stream_options\":{\"include_usage\":true}}")
            .body();
    List<JsonObject> events =
        body.lines().filter(l -> l.startsWith("data: {")).map(l -> json(l.substring(6))).toList();
    assertThat(events).hasSize(2 * 4 + 2 + 1);
    JsonObject last = events.get(events.size() - 1);
    assertThat(last.getJsonArray("choices")).isEmpty();
    assertThat(last.getJsonObject("usage").getInt("total_tokens")).isEqualTo(14);
    assertThat(body).endsWith("data: [DONE]\n\n");
    for (int i = 0; i < 2; i++) {
      int index = i;
      List<JsonObject> own =
          events.stream()
              .filter(e -> !e.getJsonArray("choices").isEmpty())
              .filter(e -> choice(e, 0).getInt("index") == index)
              .toList();
      assertThat(choice(own.get(0), 0).getJsonObject("delta").getString("role"))
          .isEqualTo("assistant");
      assertThat(own.get(own.size() - 1).getJsonObject("attribution").getString("receipt"))
          .isEqualTo(FakeServer.RECEIPT.value());
    }
  }

  @Test
  void chatHasLogProbabilitiesOfEachToken() throws Exception {
    JsonObject answer =
        ok("v1/chat/completions", "{" + CHAT + ",\"logprobs\":true,\"top_logprobs\":3}");
    List<JsonObject> tokens =
        choice(answer, 0)
            .getJsonObject("logprobs")
            .getJsonArray("content")
            .getValuesAs(JsonObject.class);
    assertThat(tokens).hasSize(4);
    assertThat(tokens.get(2))
        .isEqualTo(
            json(
                """
                {"token":"— ","logprob":-0.5,"bytes":[226,128,148,32],"top_logprobs":[
                 {"token":"— ","logprob":-0.5,"bytes":[226,128,148,32]},
                 {"token":"other","logprob":-1.5,"bytes":[226,128,148,32]},
                 {"token":"other","logprob":-9999.0,"bytes":[226,128,148,32]}]}"""));
  }

  @Test
  void completionHasLogProbabilitiesWithOffsetsAndEcho() throws Exception {
    JsonObject scores =
        choice(ok("v1/completions", "{\"prompt\":\"Say \",\"logprobs\":3,\"echo\":true}"), 0)
            .getJsonObject("logprobs");
    assertThat(scores.getJsonArray("tokens").toString())
        .isEqualTo("[\"<s>\",\"Say \",\"An \",\"answer \",\"— \",\"complete.\"]");
    // the beginning of the text stands for no character of it
    assertThat(scores.getJsonArray("text_offset").toString()).isEqualTo("[0,0,4,7,14,16]");
    assertThat(scores.getJsonArray("token_logprobs").get(0)).isEqualTo(JsonValue.NULL);
    assertThat(scores.getJsonArray("token_logprobs").getJsonNumber(1).doubleValue())
        .isEqualTo(-0.5);
    assertThat(scores.getJsonArray("top_logprobs").getJsonObject(2))
        .isEqualTo(json("{\"An \":-0.5,\"other\":-1.5}"));
    assertThat(rest.fake.prompts.get(0).handling().echo()).isTrue();
  }

  @Test
  void streamHasLogProbabilitiesBesideTheirText() throws Exception {
    List<JsonObject> events =
        rest.post("user", "v1/completions", "{\"prompt\":\"p\",\"logprobs\":0,\"stream\":true}")
            .body()
            .lines()
            .filter(l -> l.startsWith("data: {"))
            .map(l -> json(l.substring(6)))
            .toList();
    assertThat(choice(events.get(1), 0).getString("text")).isEqualTo("answer ");
    JsonObject scores = choice(events.get(1), 0).getJsonObject("logprobs");
    assertThat(scores.getJsonArray("tokens").toString()).isEqualTo("[\"answer \"]");
    assertThat(scores.getJsonArray("text_offset").toString()).isEqualTo("[3]");
  }

  @Test
  void samplingReachesTheModel() throws Exception {
    ok(
        "v1/completions",
        """
        {"prompt":"p","temperature":0.3,"top_k":5,"top_p":0.8,"min_p":0.1,
         "repetition_penalty":1.2,"presence_penalty":-1,"frequency_penalty":0.5}
        """);
    assertThat(rest.fake.prompts.get(0).options().sampling())
        .isEqualTo(new io.openledger.api.model.Sampling(0.3, 5, 0.8, 0.1, 1.2, -1, 0.5));
  }

  @Test
  void responseFormatReachesTheModelAsASchema() throws Exception {
    ok("v1/chat/completions", "{" + CHAT + ",\"response_format\":{\"type\":\"json_object\"}}");
    ok(
        "v1/chat/completions",
        "{"
            + CHAT
            + ",\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
            + "{\"name\":\"x\",\"strict\":true,\"schema\":{\"type\":\"array\"}}}}");
    ok("v1/chat/completions", "{" + CHAT + ",\"response_format\":{\"type\":\"text\"}}");
    assertThat(rest.fake.prompts.stream().map(Prompt::options).map(GenerationOptions::jsonSchema))
        .containsExactly(
            Optional.of("{\"type\":\"object\"}"),
            Optional.of("{\"type\":\"array\"}"),
            Optional.empty());
  }

  @Test
  void schedulingReachesTheModel() throws Exception {
    ok(
        "v1/chat/completions",
        "{" + CHAT + ",\"scheduling\":{\"priority\":-4,\"deadline_seconds\":1.5}}");
    assertThat(rest.fake.prompts.get(0).handling())
        .isEqualTo(new Handling(-4, Optional.of(Duration.ofMillis(1500)), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"n\":0",
        "\"n\":17",
        "\"n\":2147483647",
        "\"presence_penalty\":3",
        "\"top_logprobs\":2",
        "\"logprobs\":true,\"top_logprobs\":21",
        "\"logprobs\":5",
        "\"echo\":true",
        "\"response_format\":{\"type\":\"xml\"}",
        "\"response_format\":{\"type\":\"json_schema\"}",
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\"}}",
        "\"scheduling\":{\"priority\":11}",
        "\"scheduling\":{\"deadline_seconds\":0}",
        "\"scheduling\":{\"deadline_seconds\":1e300}",
        "\"scheduling\":{\"urgent\":true}"
      })
  void badParameterIsRefused(String member) throws Exception {
    HttpResponse<String> response =
        rest.post("user", "v1/chat/completions", "{" + CHAT + "," + member + "}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response.body()).getJsonObject("error").getString("type"))
        .isEqualTo("invalid_request_error");
    assertThat(rest.fake.prompts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1,2,3]", "[[1,2],[3]]", "[]", "[\"a\",5]"})
  void promptOfTokensIsRefusedClearly(String prompt) throws Exception {
    HttpResponse<String> response =
        rest.post("user", "v1/completions", "{\"prompt\":" + prompt + "}");
    assertThat(response.statusCode()).isEqualTo(400);
    JsonObject error = json(response.body()).getJsonObject("error");
    assertThat(error.getString("param")).isEqualTo("prompt");
    assertThat(error.getString("message")).contains("one text, or an array of texts");
  }

  @Test
  void promptThatIsTooLongIsABadRequestForClientsOfOpenAi() throws Exception {
    rest.fake.failure =
        Optional.of(
            new OpenLedgerException(ErrorCode.PROMPT_TOO_LONG, "9 tokens", "8", "send less"));
    HttpResponse<String> response = rest.post("user", "v1/completions", "{\"prompt\":\"p\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("OPENLEDGER-3008");
  }

  @Test
  void busyServerSaysWhenToComeBack() throws Exception {
    rest.fake.failure = Optional.of(new BusyException("64 waiting", "64", Duration.ofSeconds(7)));
    HttpResponse<String> response = rest.post("user", "v1/completions", "{\"prompt\":\"p\"}");
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).hasValue("7");
  }

  @Test
  void adapterIsListedWithParentAndOwner() throws Exception {
    JsonObject desk = json(rest.get("user", "v1/models/desk").body());
    assertThat(desk.getString("parent")).isEqualTo("base");
    assertThat(desk.getString("owned_by")).isEqualTo("user:bob");
    JsonObject base = json(rest.get("user", "v1/models/base").body());
    assertThat(base.getString("owned_by")).isEqualTo("openledger");
  }
}
