package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mixes over REST with the real engines: the sample's adapter under several names, so that what a
 * mix must answer is known without a second implementation of it.
 */
class RealMixesTest {

  private static final String BASE = "speeches-3m";
  private static final List<String> TWINS = List.of("one", "two", "three", "four", "five");

  @TempDir static Path data;
  private static RealServer real;
  private static TestDatabase database;
  private static TestServer server;
  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    for (String name : TWINS) {
      Path folder = Files.createDirectories(data.resolve("adapters").resolve(name));
      for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
        Files.copy(
            RealServer.SAMPLE.resolve("adapters/clause-desk").resolve(file), folder.resolve(file));
      }
    }
    real =
        RealServer.start(
            data,
            1 + TWINS.size(),
            Map.of(
                "openledger.adapters.one.builder", "ann",
                "openledger.adapters.two.builder", "bob",
                "openledger.policy.fee-per-token-wei", "13"));
    database = real.database();
    server = real.server();
    rest = real.rest();
  }

  @AfterAll
  static void stop() {
    if (real != null) {
      real.close();
    }
  }

  private static JsonObject json(String text) {
    return Json.createReader(new StringReader(text)).readObject();
  }

  private static HttpResponse<String> post(String asked) throws Exception {
    return rest.post(
        "user",
        "v1/completions",
        "{\"prompt\":\"Duty of care:\",\"max_tokens\":40,\"temperature\":0," + asked + "}");
  }

  private static JsonObject answer(String asked) throws Exception {
    HttpResponse<String> response = post(asked);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response.body());
  }

  private static String text(JsonObject answer) {
    return answer.getJsonArray("choices").getJsonObject(0).getString("text");
  }

  private static String adapters(Object... namesAndWeights) {
    StringBuilder adapters = new StringBuilder("\"adapters\":[");
    for (int i = 0; i < namesAndWeights.length; i += 2) {
      adapters
          .append(i == 0 ? "" : ",")
          .append("{\"id\":\"")
          .append(namesAndWeights[i])
          .append("\",\"weight\":")
          .append(namesAndWeights[i + 1])
          .append('}');
    }
    return adapters.append(']').toString();
  }

  @Test
  void mixesAnswerWhatTheSumOfTheirChangesAnswers() throws Exception {
    String base = text(answer("\"model\":\"" + BASE + "\""));
    String adapter = text(answer("\"model\":\"one\""));
    assertThat(adapter).isNotEqualTo(base);
    assertThat(text(answer(adapters("one", 0.5, "two", 0.5)))).isEqualTo(adapter);
    assertThat(text(answer(adapters("one", 2, "two", -1)))).isEqualTo(adapter);
    assertThat(text(answer(adapters("one", 1, "two", -1)))).isEqualTo(base);
    assertThat(text(answer(adapters("one", -0.75, "two", 1, "three", -0.25)))).isEqualTo(base);
    assertThat(text(answer(adapters("one", 1)))).isEqualTo(adapter);
  }

  @Test
  void theOrderOfNamingChangesNeitherAnswerNorPay() throws Exception {
    JsonObject one = answer(adapters("two", -0.3, "one", 0.9, "three", 0.1));
    JsonObject other = answer(adapters("three", 0.1, "one", 0.9, "two", -0.3));
    assertThat(text(other)).isEqualTo(text(one));
    for (String member : List.of("adapters", "credits", "fee")) {
      assertThat(other.getJsonObject("attribution").get(member))
          .isEqualTo(one.getJsonObject("attribution").get(member));
    }
  }

  @Test
  void eachBuilderIsPaidWhatTheAnswerSays() throws Exception {
    Map<String, BigInteger> before = balances();
    JsonObject attribution =
        answer(adapters("one", 0.6, "two", -0.2, "three", 0.1) + ",\"n\":1")
            .getJsonObject("attribution");
    assertThat(attribution.getString("status")).isEqualTo("ATTRIBUTED");
    Map<String, BigInteger> paid = new HashMap<>();
    BigInteger sum = BigInteger.ZERO;
    for (JsonObject c : attribution.getJsonArray("credits").getValuesAs(JsonObject.class)) {
      BigInteger amount = new BigInteger(c.getString("amount"));
      sum = sum.add(amount);
      if (c.getString("role").equals("ADAPTER_BUILDER")) {
        paid.put(c.getString("account"), amount);
      }
    }
    assertThat(sum).isEqualTo(attribution.getString("fee"));
    // 6 : 2 : 1 of a tenth of 10^15 + 13 wei a token
    assertThat(paid.keySet())
        .containsExactlyInAnyOrder("party:ann", "party:bob", "party:adapter-builder");
    BigInteger third = paid.get("party:adapter-builder");
    assertThat(paid.get("party:bob").subtract(third.shiftLeft(1)).abs())
        .isLessThan(BigInteger.valueOf(3));
    assertThat(paid.get("party:ann").subtract(third.multiply(BigInteger.valueOf(6))).abs())
        .isLessThan(BigInteger.valueOf(7));
    Map<String, BigInteger> after = balances();
    paid.forEach(
        (account, amount) ->
            assertThat(after.get(account).subtract(before.get(account)))
                .as(account)
                .isEqualTo(amount));
    assertThat(server.ledgerSum()).isEqualTo("0");

    String id = attribution.getString("receipt");
    JsonObject receipt = json(rest.get("user", "api/receipts/" + id).body());
    assertThat(receipt.getJsonArray("adapters")).isEqualTo(attribution.getJsonArray("adapters"));
    JsonObject report = json(rest.get("user", "api/reports/" + id + "?format=json").body());
    assertThat(report.getString("hash")).isEqualTo(receipt.getString("hash"));
    assertThat(report.getJsonObject("receipt").getString("format"))
        .isEqualTo("openledger-receipt-3");
  }

  private static Map<String, BigInteger> balances() {
    Map<String, BigInteger> balances = new HashMap<>();
    for (String name : List.of("ann", "bob", "adapter-builder")) {
      balances.put(
          "party:" + name,
          new BigInteger(
              database.text(
                  "SELECT COALESCE(SUM(amount), 0) FROM ol_entries WHERE account_kind = 'PARTY'"
                      + " AND account_name = '"
                      + name
                      + "'")));
    }
    return balances;
  }

  @Test
  void ranksThatDoNotFitTogetherAreRefusedAndNothingIsCharged() throws Exception {
    long receipts = database.number("SELECT COUNT(*) FROM ol_receipts");
    HttpResponse<String> response =
        post(adapters("one", 1, "two", 1, "three", 1, "four", 1, "five", 1));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response.body()).getJsonObject("error").getString("message"))
        .contains("ranks of the adapters together is 80; allowed: at most 64");
    assertThat(database.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(receipts);
  }

  @Test
  void openAisOwnClientAsksForAMix() throws Exception {
    OpenAiClient.install().tries(rest, "mixes");
  }

  @Test
  void langChainAsksForAMix() {
    OpenAiChatModel model =
        OpenAiChatModel.builder()
            .baseUrl("http://127.0.0.1:" + rest.port() + "/openledger/v1")
            .customHeaders(Map.of("Authorization", RestServer.basic("user", "user")))
            .modelName(BASE)
            .temperature(0.0)
            .maxTokens(24)
            .maxRetries(0)
            .build();
    ChatResponse mixed =
        model.chat(
            ChatRequest.builder()
                .messages(UserMessage.from("Duty of care:"))
                .parameters(
                    OpenAiChatRequestParameters.builder()
                        .customParameters(
                            Map.of(
                                "adapters",
                                List.of(
                                    Map.of("id", "one", "weight", 0.5),
                                    Map.of("id", "two", "weight", 0.5))))
                        .build())
                .build());
    ChatResponse alone =
        model.chat(
            ChatRequest.builder()
                .messages(UserMessage.from("Duty of care:"))
                .parameters(OpenAiChatRequestParameters.builder().modelName("one").build())
                .build());
    assertThat(mixed.aiMessage().text()).isEqualTo(alone.aiMessage().text());
    assertThat(mixed.modelName()).isEqualTo(BASE);
  }
}
