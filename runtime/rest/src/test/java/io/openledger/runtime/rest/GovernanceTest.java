package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.runtime.OpenLedgerServer;
import io.openledger.runtime.rollup.Rollup;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.lang.reflect.Proxy;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GovernanceTest {

  private static final String PROPOSALS = "api/governance/proposals";
  private static final String SPLIT =
      """
      {"change": "feeSplit", "split": {"CONTRIBUTORS": 7500, "ADAPTER_BUILDER": 1000,
       "BASE_MODEL_PUBLISHER": 500, "NODE_OPERATOR": 500, "TREASURY": 500}}""";

  private static RestServer rest;

  private FakeGovernance governance;

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
    governance = new FakeGovernance();
    FakeServer fake = rest.fake;
    Optional<Rollup> rollup = Optional.of(governance.rollup());
    rest.serve(
        (OpenLedgerServer)
            Proxy.newProxyInstance(
                OpenLedgerServer.class.getClassLoader(),
                new Class<?>[] {OpenLedgerServer.class},
                (proxy, method, arguments) ->
                    method.getName().equals("rollup") ? rollup : method.invoke(fake, arguments)));
  }

  private static JsonObject json(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return Json.createReader(new StringReader(response.body())).readObject();
  }

  private static String draft(String... changes) {
    return "{\"changes\": [" + String.join(",", changes) + "], \"description\": \"why\"}";
  }

  @Test
  void tellsWhatHoldsAndWhatTheKeyCanDo() throws Exception {
    JsonObject status = json(200, rest.get("user", "api/governance"));
    assertThat(status.getJsonObject("feeSplit").getInt("CONTRIBUTORS")).isEqualTo(7_000);
    assertThat(status.getJsonObject("pendingFeeSplit").getInt("CONTRIBUTORS")).isEqualTo(7_500);
    assertThat(status.getJsonObject("rules").getInt("votingPeriod")).isEqualTo(604_800);
    assertThat(status.getJsonObject("power").getString("votes"))
        .isEqualTo("1500000000000000000000");
    assertThat(status.getJsonArray("parameters").getJsonObject(0).getString("value"))
        .isEqualTo("3600");
  }

  @Test
  void listsProposalsWithEveryCall() throws Exception {
    JsonObject page = json(200, rest.get("user", PROPOSALS));
    assertThat(page.getInt("total")).isEqualTo(2);
    assertThat(governance.calls).containsExactly("proposals 0 10");
    JsonObject hiding = page.getJsonArray("items").getJsonObject(0);
    assertThat(hiding.getString("danger")).isEqualTo("UNKNOWN");
    assertThat(hiding.getJsonArray("calls")).hasSize(2);
    assertThat(hiding.getJsonArray("calls").getJsonObject(1).getInt("dataBytes")).isEqualTo(5_000);
    assertThat(hiding.getJsonArray("warnings").getString(0)).startsWith("CAUTION");
    String id = page.getJsonArray("items").getJsonObject(1).getString("id");
    assertThat(json(200, rest.get("user", PROPOSALS + "/" + id)).getString("danger"))
        .isEqualTo("ROUTINE");
    assertThat(json(200, rest.get("user", PROPOSALS + "/0x2")).getString("id")).isEqualTo("2");
    assertThat(json(404, rest.get("user", PROPOSALS + "/3")).getString("code"))
        .isEqualTo("OPENLEDGER-5031");
    json(200, rest.get("user", PROPOSALS + "/2/submissions"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/x", "/-1", "/0x", "?limit=26", "?limit=0", "?offset=-1", "/1e3"})
  void badQuestionIsRefused(String path) throws Exception {
    assertThat(json(400, rest.get("user", PROPOSALS + path)).getString("code"))
        .isEqualTo("OPENLEDGER-1001");
  }

  @Test
  void previewsAndProposesADraft() throws Exception {
    String draft =
        draft(
            SPLIT,
            "{\"change\": \"parameter\", \"key\": \"epochLength\", \"value\": \"7200\"}",
            "{\"change\": \"attributionPolicy\", \"version\": 2, \"hash\": \""
                + "ab".repeat(32)
                + "\"}");
    JsonObject preview = json(200, rest.post("user", "api/governance/preview", draft));
    assertThat(preview.getJsonArray("refusals").getString(0)).startsWith("OPENLEDGER-5034");
    JsonObject submission = json(202, rest.post("admin", PROPOSALS, draft));
    assertThat(submission.getString("progress")).isEqualTo("STORED");
    assertThat(submission.getString("transaction")).matches("0x[0-9a-f]{64}");
    assertThat(governance.calls.get(1))
        .contains("CONTRIBUTORS=7500", "key=epochLength, value=7200", "version=2");
  }

  @Test
  void draftThatIsNotReadWholeIsRefused() throws Exception {
    for (String body :
        new String[] {
          "{}",
          draft(),
          draft(SPLIT, SPLIT),
          draft("{\"change\": \"else\"}"),
          draft("{\"change\": \"feeSplit\"}"),
          draft("{\"change\": \"feeSplit\", \"split\": {\"CONTRIBUTORS\": 9999}}"),
          draft("{\"change\": \"feeSplit\", \"split\": {\"NOBODY\": 10000}}"),
          draft("{\"change\": \"parameter\", \"key\": \"k\", \"value\": \"-1\"}"),
          draft("{\"change\": \"parameter\", \"key\": \"k\", \"value\": 1}"),
          draft("{\"change\": \"parameter\", \"key\": \"a b\", \"value\": \"1\"}"),
          draft("{\"change\": \"parameter\", \"key\": \"k\", \"value\": \"1\", \"x\": 1}"),
          draft("{\"change\": \"attributionPolicy\", \"version\": 2}"),
          draft(SPLIT).replace("why", "why #proposer=0x"),
          draft(SPLIT).replace("why", "\\u202e"),
          draft(SPLIT).replace("why", " "),
          draft(SPLIT).replace("why", "x".repeat(10_001))
        }) {
      assertThat(json(400, rest.post("admin", PROPOSALS, body)).getString("code"))
          .as(body)
          .isEqualTo("OPENLEDGER-1001");
    }
    assertThat(json(413, rest.post("admin", PROPOSALS, " ".repeat(70_000))).getString("code"))
        .isEqualTo("OPENLEDGER-1008");
    assertThat(governance.calls).isEmpty();
  }

  @Test
  void takesStepsAndAnswersAccepted() throws Exception {
    json(202, rest.post("admin", PROPOSALS + "/2/votes", "{\"choice\":\"for\",\"reason\":\"r\"}"));
    for (String step : new String[] {"queue", "execute", "cancel"}) {
      json(202, rest.post("admin", PROPOSALS + "/2/" + step, "{}"));
      json(400, rest.post("admin", PROPOSALS + "/2/" + step, "{\"x\":1}"));
    }
    assertThat(governance.calls)
        .containsExactly("vote FOR r of 0", "queue of 0", "execute of 0", "cancel of 0");
    json(400, rest.post("admin", PROPOSALS + "/2/votes", "{\"choice\":\"maybe\"}"));
  }

  @Test
  void formOfAnotherSiteTakesNoStep() throws Exception {
    HttpResponse<String> response =
        rest.send(
            rest.request("admin", PROPOSALS + "/2/execute")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{}")));
    assertThat(response.statusCode()).isEqualTo(415);
    assertThat(governance.calls).isEmpty();
  }

  @Test
  void serverWithoutAChainSaysSo() throws Exception {
    rest.serve(rest.fake);
    assertThat(json(503, rest.get("user", "api/governance")).getString("code"))
        .isEqualTo("OPENLEDGER-5010");
    assertThat(rest.get("user", "governance").statusCode()).isEqualTo(200);
  }

  @Test
  void pageLoadsNothingFromElsewhereAndRunsItsOwnScriptAlone() throws Exception {
    HttpResponse<String> page = rest.get("user", "governance");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    String script = rest.get("user", "governance/page.js").body();
    String style = rest.get("user", "governance/page.css").body();
    assertThat(page.body()).contains("governance/page.js", "governance/page.css");
    assertThat(page.body() + style + script).doesNotContain("http://", "https://", "url(");
    assertThat(script).doesNotContain("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(");
    assertThat(page.body()).doesNotContainPattern("<script[^>]*>[^<]").doesNotContain("style=");
    HttpResponse<String> slash = rest.get("user", "governance/");
    assertThat(slash.statusCode()).isEqualTo(303);
    assertThat(slash.headers().firstValue("Location").orElseThrow()).endsWith("/governance");
  }
}
