package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.model.AdapterMix;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several adapters in one request: what is asked, answered and refused. */
class MixesTest {

  private static final String ASKED = "{\"prompt\":\"Say\",\"adapters\":";
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
    rest.fake.adapterNames = List.of("desk", "tone");
  }

  private static JsonObject json(String text) {
    return Json.createReader(new StringReader(text)).readObject();
  }

  private static JsonObject refused(int status, String body) throws Exception {
    HttpResponse<String> response = rest.post("user", "v1/completions", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(rest.fake.prompts).isEmpty();
    return json(response.body()).getJsonObject("error");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"model\":\"base\",", "\"model\":null,"})
  void adaptersAnswerTogetherOnTheBaseModel(String model) throws Exception {
    HttpResponse<String> response =
        rest.post(
            "user",
            "v1/chat/completions",
            "{"
                + model
                + """
                "messages":[{"role":"user","content":"q"}],
                "adapters":[{"id":"tone","weight":-0.25},{"weight":0.7,"id":"desk"}]}""");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(rest.fake.mixes).containsExactly(AdapterMix.of("desk", 0.7).and("tone", -0.25));
    JsonObject answer = json(response.body());
    assertThat(answer.getString("model")).isEqualTo("base");
    assertThat(answer.getJsonObject("attribution").getJsonArray("adapters"))
        .isEqualTo(
            json("""
                    {"adapters":[
                    {"id":"desk","version":2,"weight":0.7,"builder":"party:desk's builder",
                     "digest":"49be417ad74080a0031b636b44cfc26fdd0065492d6cd3b033960c4414955cf7"},
                    {"id":"tone","version":2,"weight":-0.25,"builder":"party:tone's builder",
                     "digest":"00cf4ce3935c8a60a1acd094b602276fed4618903839231e5d206dce24c0fe0f"}]}
                    """)
                .getJsonArray("adapters"));
    JsonObject receipt = json(rest.get("user", "api/receipts/" + FakeServer.RECEIPT).body());
    assertThat(receipt.getJsonArray("adapters"))
        .isEqualTo(answer.getJsonObject("attribution").getJsonArray("adapters"));
    assertThat(receipt.getJsonObject("model").getString("id")).isEqualTo("base");
  }

  @Test
  void streamsAMixAndTellsItAtTheEnd() throws Exception {
    HttpResponse<String> response =
        rest.post(
            "user", "v1/completions", ASKED + "[{\"id\":\"desk\",\"weight\":2}],\"stream\":true}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.body())
        .contains("\"model\":\"base\"")
        .contains("\"adapters\":[{\"id\":\"desk\"")
        .endsWith("data: [DONE]\n\n");
    assertThat(rest.fake.mixes).containsExactly(AdapterMix.of("desk", 2));
  }

  @Test
  void anAnswerOfOneModelSaysNothingOfAdapters() throws Exception {
    String plain =
        rest.post("user", "v1/completions", "{\"model\":\"desk\",\"prompt\":\"q\"}").body();
    assertThat(json(plain).getJsonObject("attribution").containsKey("adapters")).isFalse();
    String receipt = rest.get("user", "api/receipts/" + FakeServer.RECEIPT).body();
    assertThat(json(receipt).containsKey("adapters")).isFalse();
    // null is absent, as everywhere
    rest.post("user", "v1/completions", "{\"model\":\"desk\",\"prompt\":\"q\",\"adapters\":null}");
    assertThat(rest.fake.prompts).hasSize(2);
    assertThat(rest.fake.mixes).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]                                             | adapters           | 0 adapters",
        "{}                                             | adapters           | an object",
        "\"desk\"                                     | adapters           | a text",
        "[\"desk\"]                                   | adapters[0]        | a text",
        "[{\"weight\":1}]                               | adapters[0].id     | missing",
        "[{\"id\":7,\"weight\":1}]                      | adapters[0].id     | a number",
        "[{\"id\":\"desk\"}]                            | adapters[0].weight | missing",
        "[{\"id\":\"desk\",\"weight\":\"1\"}]             | adapters[0].weight | a text",
        "[{\"id\":\"desk\",\"weight\":true}]              | adapters[0].weight | a truth value",
        "[{\"id\":\"desk\",\"weight\":0}]                 | adapters[0].weight | 0.0",
        "[{\"id\":\"desk\",\"weight\":-0.0000001}]        | adapters[0].weight | -1.0E-7",
        "[{\"id\":\"desk\",\"weight\":8.5}]               | adapters[0].weight | 8.5",
        "[{\"id\":\"desk\",\"weight\":-9}]                | adapters[0].weight | -9.0",
        "[{\"id\":\"desk\",\"weight\":1e999}]             | adapters[0].weight | Infinity",
        "[{\"id\":\"desk\",\"weight\":1,\"scale\":2}]     | adapters[0].scale  | not known",
        "[{\"id\":\"desk\",\"weight\":1},"
            + "{\"id\":\"desk\",\"weight\":2}]              | adapters[1].id     | named before"
      })
  void refusesWhatIsNoMix(String adapters, String parameter, String arrived) throws Exception {
    JsonObject error = refused(400, ASKED + adapters + "}");
    assertThat(error.getString("param")).isEqualTo(parameter);
    assertThat(error.getString("type")).isEqualTo("invalid_request_error");
    assertThat(error.getString("code")).isEqualTo("OPENLEDGER-1001");
    assertThat(error.getString("message")).contains(arrived);
  }

  @Test
  void refusesMoreThanEight() throws Exception {
    String nine =
        IntStream.range(0, 9)
            .mapToObj(i -> "{\"id\":\"a" + i + "\",\"weight\":1}")
            .collect(Collectors.joining(",", "[", "]"));
    assertThat(refused(400, ASKED + nine + "}").getString("message"))
        .contains("9 adapters; allowed: 1 to 8");
  }

  @Test
  void refusesAModelThatIsAnAdapterBesideAdapters() throws Exception {
    JsonObject error = refused(400, ASKED + "[{\"id\":\"tone\",\"weight\":1}],\"model\":\"desk\"}");
    assertThat(error.getString("param")).isEqualTo("model");
    assertThat(error.getString("message")).contains("an adapter, beside adapters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"id\":\"absent\",\"weight\":1}]}",
        "[{\"id\":\"desk\",\"weight\":1},{\"id\":\"absent\",\"weight\":1}],\"stream\":true}",
        "[{\"id\":\"no name / at all\",\"weight\":1}]}",
        "[{\"id\":\"desk\",\"weight\":1}],\"model\":\"absent\"}",
      })
  void anUnknownAdapterIsNotFoundBeforeAnythingIsSent(String adapters) throws Exception {
    JsonObject error = refused(404, ASKED + adapters);
    assertThat(error.getString("code")).isEqualTo("OPENLEDGER-3001");
  }
}
