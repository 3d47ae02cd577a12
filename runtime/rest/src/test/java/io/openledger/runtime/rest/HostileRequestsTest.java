package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What nobody sends by mistake: a named refusal each time, and never an incident of ours. */
class HostileRequestsTest {

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

  static Stream<Arguments> bodies() {
    String digits = "9".repeat(100_000);
    String deep = "[".repeat(200_000);
    return Stream.of(
        Arguments.of("arrays in arrays", "{\"prompt\":\"p\",\"metadata\":" + deep),
        Arguments.of(
            "closed arrays in arrays",
            "{\"prompt\":\"p\",\"metadata\":{\"a\":" + deep + "]".repeat(200_000) + "}}"),
        Arguments.of("objects in objects", "{\"metadata\":".repeat(100_000)),
        Arguments.of("a whole number of many digits", "{\"prompt\":\"p\",\"seed\":" + digits + "}"),
        Arguments.of("a number of many digits", "{\"prompt\":\"p\",\"top_p\":0." + digits + "}"),
        Arguments.of("a number with an exponent", "{\"prompt\":\"p\",\"seed\":1e999999999}"),
        Arguments.of("a number with a long exponent", "{\"prompt\":\"p\",\"seed\":1e99999999999}"),
        Arguments.of("a temperature of its kind", "{\"prompt\":\"p\",\"top_p\":1e99999999999}"),
        Arguments.of("a small number", "{\"prompt\":\"p\",\"max_tokens\":1e-999999999}"),
        Arguments.of("an exponent of many digits", "{\"prompt\":\"p\",\"seed\":1e" + digits + "}"),
        Arguments.of("many prompts", "{\"prompt\":[" + "\"a\",".repeat(200_000) + "\"a\"]}"),
        Arguments.of("a body that ends in a text", "{\"prompt\":\"" + "a".repeat(1000)),
        Arguments.of("a long stop text", "{\"prompt\":\"p\",\"stop\":\"" + "s".repeat(201) + "\"}"),
        Arguments.of(
            "many stop texts", "{\"prompt\":\"p\",\"stop\":[" + "\"s\",".repeat(16) + "\"s\"]}"),
        Arguments.of("many names", "{\"prompt\":\"p\"" + ",\"x\":1".repeat(10_000) + "}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bodies")
  void bodyIsRefusedByName(String what, String body) throws Exception {
    HttpResponse<String> response = rest.post("user", "v1/completions", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(response.body()).contains("OPENLEDGER-100").hasSizeLessThan(2000);
    assertThat(rest.fake.prompts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "a\\udc00b", "\\udc00\\ud800"})
  void halfOfACharacterIsNoText(String text) throws Exception {
    for (String body :
        new String[] {
          "{\"prompt\":\"" + text + "\"}", "{\"prompt\":\"p\",\"stop\":\"" + text + "\"}",
        }) {
      HttpResponse<String> response = rest.post("user", "v1/completions", body);
      assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    }
    HttpResponse<String> response =
        rest.post(
            "user",
            "v1/chat/completions",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud83d\\ude00", "\\\\ud800", "\\u00e9", "\uD83D\uDE00", "\\\\\\\"[[{"})
  void wholeCharactersAreText(String text) throws Exception {
    HttpResponse<String> response =
        rest.post("user", "v1/completions", "{\"prompt\":\"" + text + "\"}");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "abc", "\"abc", "W/\"abc\"", "\"a\", \"b\"", ",", "\"\""})
  void anyTagOfResidencyIsAnswered(String tag) throws Exception {
    HttpResponse<String> response =
        rest.send(rest.request("user", "api/residency").header("If-None-Match", tag).GET());
    assertThat(response.statusCode()).as(response.body()).isIn(200, 304);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"v1/models/UPPER", "v1/models/a%20b", "v1/models/%00", "v1/models/..%2f..%2fx"})
  void nameThatCanBeNoModelsIsAModelThatDoesNotExist(String path) throws Exception {
    HttpResponse<String> response = rest.get("user", path);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
    assertThat(response.body()).startsWith("{\"error\":{");
  }

  @Test
  void bodyThatIsNotUtf8IsRefused() throws Exception {
    HttpResponse<String> response =
        rest.send(
            rest.request("user", "v1/completions")
                .header("Content-Type", "application/json")
                .POST(
                    java.net.http.HttpRequest.BodyPublishers.ofByteArray(
                        "{\"prompt\":\"é\"}"
                            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("not UTF-8");
  }
}
