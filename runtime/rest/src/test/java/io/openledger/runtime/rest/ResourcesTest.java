package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionQuery;
import io.openledger.api.datanet.ContributorId;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcesTest {

  private static final String CONTRIBUTIONS = "api/datanets/clauses/contributions";

  private static final String DRAFT =
      """
      {"key": "k1", "title": "A title", "text": "The text — é.", "mediaType": "text/markdown",
       "contributors": [{"contributor": "alice", "basisPoints": 6000,
                         "address": "0xABababababababababababababababababababab"},
                        {"contributor": "bob", "basisPoints": 4000}],
       "licence": "CC-BY-4.0", "source": "a book", "language": "en", "date": "2026-01-02",
       "purposes": ["attribute", "TRAIN"]}
      """;

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

  private static JsonObject json(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue(status < 400 ? "application/json" : "application/problem+json");
    JsonObject json = json(response.body());
    if (status >= 400) {
      assertThat(json.getInt("status")).isEqualTo(status);
      assertThat(json.getString("type"))
          .isEqualTo("urn:openledger:error:" + json.getString("code").substring(11));
      assertThat(json.keySet()).contains("title", "detail", "arrived", "allowed", "remedy");
    }
    return json;
  }

  @Test
  void createsADatanetAndShowsIt() throws Exception {
    HttpResponse<String> response =
        rest.post(
            "curator",
            "api/datanets",
            "{\"id\": \"clauses\", \"title\": \"Clauses\", \"visibility\": \"public\"}");
    JsonObject made = json(201, response);
    assertThat(response.headers().firstValue("Location").orElseThrow())
        .endsWith("/openledger/api/datanets/clauses");
    assertThat(made)
        .isEqualTo(
            json(
                """
                {"id": "clauses", "title": "Clauses", "description": "", "visibility": "PUBLIC",
                 "owner": "user:curator", "createdAt": "2026-11-21T07:00:00Z", "version": 0,
                 "contributions": 0}"""));
    assertThat(json(200, rest.get("user", "api/datanets/clauses"))).isEqualTo(made);
    assertThat(json(200, rest.get("user", "api/datanets")).getJsonArray("items"))
        .containsExactly(made);
    assertThat(
            json(409, rest.post("curator", "api/datanets", "{\"id\":\"clauses\",\"title\":\"x\"}"))
                .getString("code"))
        .isEqualTo("OPENLEDGER-2002");
    assertThat(json(404, rest.get("user", "api/datanets/none")).getString("code"))
        .isEqualTo("OPENLEDGER-2001");
    assertThat(json(200, rest.get("user", "api/datanets/clauses/snapshot")).getString("root"))
        .isEqualTo("0".repeat(64));
  }

  @Test
  void contributesShowsAndRetracts() throws Exception {
    HttpResponse<String> response = rest.post("contributor", CONTRIBUTIONS, DRAFT);
    JsonObject made = json(201, response);
    assertThat(response.headers().firstValue("Location").orElseThrow())
        .endsWith("/openledger/" + CONTRIBUTIONS + "/1");
    assertThat(made.getString("id")).isEqualTo("clauses:1");
    assertThat(made.getString("key")).isEqualTo("k1");
    assertThat(made.getString("mediaType")).isEqualTo("text/markdown");
    assertThat(made.getInt("characters")).isEqualTo(13);
    assertThat(made.getJsonArray("contributors").getJsonObject(0))
        .isEqualTo(
            json(
                "{\"contributor\":\"alice\",\"basisPoints\":6000,\"address\":\"0x"
                    + "ab".repeat(20)
                    + "\"}"));
    assertThat(made.getJsonArray("purposes").toString()).isEqualTo("[\"TRAIN\",\"ATTRIBUTE\"]");
    assertThat(made).doesNotContainKey("text").doesNotContainKey("nearDuplicateOf");
    assertThat(json(200, rest.get("user", CONTRIBUTIONS + "/1"))).isEqualTo(made);
    HttpResponse<String> text =
        rest.send(
            rest.request("user", CONTRIBUTIONS + "/1/text").header("Accept", "text/plain").GET());
    assertThat(text.body()).isEqualTo("The text — é.");
    assertThat(text.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
    assertThat(text.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(
            json(200, rest.post("curator", CONTRIBUTIONS + "/1/retract", "{\"reason\":\"wrong\"}"))
                .getString("status"))
        .isEqualTo("RETRACTED");
    assertThat(json(404, rest.get("user", CONTRIBUTIONS + "/1/text")).getString("code"))
        .isEqualTo("OPENLEDGER-2003");
  }

  @Test
  void erasesAndSaysSoAgain() throws Exception {
    json(201, rest.post("contributor", CONTRIBUTIONS, DRAFT));
    String erase = CONTRIBUTIONS + "/1/erase";
    for (int round = 0; round < 2; round++) {
      JsonObject erased = json(200, rest.post("curator", erase, "{\"reason\":\"asked for\"}"));
      assertThat(erased.getString("status")).isEqualTo("ERASED");
      assertThat(erased.getString("title")).isEqualTo("[erased]");
      assertThat(erased.getString("sha256")).isEqualTo("0".repeat(64));
      assertThat(erased).doesNotContainKeys("source", "language", "date");
      assertThat(json(200, rest.get("user", CONTRIBUTIONS + "/1"))).isEqualTo(erased);
    }
    assertThat(rest.fake.datanets.erasures.values()).containsExactly("asked for");
    json(404, rest.get("user", CONTRIBUTIONS + "/1/text"));
    json(200, rest.get("user", CONTRIBUTIONS + "?status=erased"));
    assertThat(rest.fake.datanets.queries.get(0).status()).contains(Contribution.Status.ERASED);
    assertThat(json(400, rest.post("curator", erase, "{}")).getString("code"))
        .isEqualTo("OPENLEDGER-1001");
    assertThat(
            json(400, rest.post("curator", erase, "{\"reason\":\"r\",\"x\":1}")).getString("code"))
        .isEqualTo("OPENLEDGER-1001");
  }

  @Test
  void contributesAFileAsItIs() throws Exception {
    HttpResponse<String> response =
        rest.send(
            rest.request(
                    "contributor",
                    CONTRIBUTIONS
                        + "?title=A%20file&licence=CC0-1.0&contributor=alice:7500&contributor=bob:"
                        + "2500:0x"
                        + "cd".repeat(20)
                        + "&purpose=train&language=en&date=2026-01-02&source=s&key=k")
                .header("Content-Type", "text/plain; charset=UTF-8")
                .POST(HttpRequest.BodyPublishers.ofString("\uFEFFgrüß", StandardCharsets.UTF_8)));
    JsonObject made = json(201, response);
    assertThat(rest.fake.datanets.texts.values()).containsExactly("grüß");
    assertThat(made.getString("title")).isEqualTo("A file");
    assertThat(made.getString("mediaType")).isEqualTo("text/plain");
    assertThat(made.getJsonArray("contributors").getJsonObject(1).getString("address"))
        .isEqualTo("0x" + "cd".repeat(20));
    assertThat(made.getJsonArray("purposes").toString()).isEqualTo("[\"TRAIN\"]");
  }

  @ParameterizedTest
  @CsvSource({
    "title=t&licence=CC0-1.0&contributor=a:9999,text/plain,x,OPENLEDGER-2009",
    "title=t&licence=CC0-1.0&contributor=a:x,text/plain,x,OPENLEDGER-1001",
    "title=t&licence=CC0-1.0,text/plain,x,OPENLEDGER-2009",
    "title=t&contributor=a,text/plain,x,OPENLEDGER-2008",
    "licence=CC0-1.0&contributor=a,text/plain,x,OPENLEDGER-1001",
    "title=t&title=u&licence=CC0-1.0&contributor=a,text/plain,x,OPENLEDGER-1001",
    "title=t&licence=CC0-1.0&contributor=a&author=b,text/plain,x,OPENLEDGER-1001",
    "title=t&licence=CC0-1.0&contributor=a,text/plain;charset=utf-16,x,OPENLEDGER-2006",
    "title=t&licence=CC0-1.0&contributor=a,text/plain,' ',OPENLEDGER-2004"
  })
  void badFileIsRefused(String query, String type, String body, String code) throws Exception {
    HttpResponse<String> response =
        rest.send(
            rest.request("contributor", CONTRIBUTIONS + "?" + query)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    assertThat(json(400, response).getString("code")).isEqualTo(code);
    assertThat(rest.fake.datanets.texts).isEmpty();
  }

  @Test
  void fileInAnotherEncodingIsNamedAndNotMadeIntoGarbage() throws Exception {
    HttpResponse<String> response =
        rest.send(
            rest.request(
                    "contributor", CONTRIBUTIONS + "?title=t&licence=CC0-1.0&contributor=alice")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("grüß", StandardCharsets.ISO_8859_1)));
    JsonObject problem = json(400, response);
    assertThat(problem.getString("code")).isEqualTo("OPENLEDGER-2006");
    assertThat(problem.getString("arrived")).contains("0xFC at offset 2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"key\": 5",
        "\"licence\": \"\"",
        "\"language\": \"not a tag at all\"",
        "\"date\": \"yesterday\"",
        "\"purposes\": [\"SELL\"]",
        "\"purposes\": []",
        "\"mediaType\": \"application/pdf\"",
        "\"contributors\": [{\"contributor\": \"alice\"}]",
        "\"contributors\": [{\"contributor\": \"alice\", \"basisPoints\": 10001}]",
        "\"contributors\": [{\"contributor\": \"a\", \"basisPoints\": 10000, \"share\": 1}]",
        "\"contributors\": [5]",
        "\"unknown\": 1"
      })
  void badContributionIsRefused(String member) throws Exception {
    String name = member.substring(0, member.indexOf(':'));
    String others =
        json(DRAFT).entrySet().stream()
            .filter(e -> !name.equals("\"" + e.getKey() + "\""))
            .map(e -> "\"" + e.getKey() + "\":" + e.getValue())
            .reduce(member, (a, b) -> a + "," + b);
    json(400, rest.post("contributor", CONTRIBUTIONS, "{" + others + "}"));
    assertThat(rest.fake.datanets.texts).isEmpty();
  }

  @Test
  void findsByQueryAndPage() throws Exception {
    rest.post("contributor", CONTRIBUTIONS, DRAFT);
    JsonObject page =
        json(
            200,
            rest.get(
                "user",
                CONTRIBUTIONS + "?contributor=alice&title=tit&status=active&offset=0&limit=7"));
    assertThat(page.getInt("total")).isEqualTo(1);
    assertThat(page.getInt("limit")).isEqualTo(7);
    assertThat(page.getJsonArray("items")).hasSize(1);
    assertThat(rest.fake.datanets.queries)
        .containsExactly(
            new ContributionQuery(
                Optional.of(new ContributorId("alice")),
                Optional.of("tit"),
                Optional.of(Contribution.Status.ACTIVE),
                0,
                7));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        CONTRIBUTIONS + "?limit=0",
        CONTRIBUTIONS + "?limit=1001",
        CONTRIBUTIONS + "?offset=-1",
        CONTRIBUTIONS + "?offset=x",
        CONTRIBUTIONS + "?status=gone",
        CONTRIBUTIONS + "/0",
        CONTRIBUTIONS + "/one",
        "api/datanets/UPPER",
        "api/receipts/no-uuid",
        "api/ledger/accounts/alice",
        "api/ledger/accounts/contributor:alice/statement?from=today",
        "api/ledger/epochs?limit=0",
        "api/ledger/epochs/x/proofs/contributor:alice"
      })
  void badParameterIsRefused(String path) throws Exception {
    assertThat(json(400, rest.get("user", path)).getString("code")).isEqualTo("OPENLEDGER-1001");
  }

  @Test
  void grantsAndTakesAway() throws Exception {
    String path = "api/datanets/clauses/grants";
    String grant =
        "{\"grantee\":\"application:desk\",\"rights\":[\"READ\",\"ATTRIBUTE\"],\"expires\":"
            + "\"2027-01-01T00:00:00Z\"}";
    JsonObject given = json(200, put("curator", path, grant));
    assertThat(given.getString("grantee")).isEqualTo("application:desk");
    assertThat(json(200, rest.get("curator", path)).getJsonArray("items")).containsExactly(given);
    assertThat(
            json(200, put("curator", path, "{\"grantee\":\"user:bob\",\"rights\":[]}"))
                .getJsonArray("rights"))
        .isEmpty();
    json(400, put("curator", path, "{\"grantee\":\"user:bob\"}"));
    json(400, put("curator", path, "{\"grantee\":\"bob\",\"rights\":[]}"));
    json(400, put("curator", path, "{\"grantee\":\"group:bob\",\"rights\":[]}"));
    json(400, put("curator", path, "{\"grantee\":\"user:bob\",\"rights\":[\"OWN\"]}"));
  }

  private HttpResponse<String> put(String user, String path, String body) throws Exception {
    return rest.send(
        rest.request(user, path)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void showsReceiptsWithTheNamesOfTheCanonicalForm() throws Exception {
    rest.post("user", "v1/completions", "{\"prompt\":\"p\"}");
    JsonObject receipt = json(200, rest.get("compliance", "api/receipts/" + FakeServer.RECEIPT));
    assertThat(receipt.getString("payer")).isEqualTo("payer:user:user");
    assertThat(receipt.getString("fee")).isEqualTo(FakeServer.HUGE.toString());
    assertThat(receipt.getJsonObject("link").getInt("number")).isEqualTo(1);
    assertThat(receipt.keySet())
        .contains("id", "at", "model", "policy", "promptHash", "answerHash", "usage", "hash");
    assertThat(
            json(404, rest.get("user", "api/receipts/00000000-0000-0000-0000-000000000000"))
                .getString("code"))
        .isEqualTo("OPENLEDGER-5002");
  }

  @ParameterizedTest
  @CsvSource({
    "'',application/json,JSON,application/json,attachment,json",
    "'',text/csv,CSV,text/csv,attachment,csv",
    "'','text/html,application/xhtml+xml,*/*;q=0.8',HTML,text/html,inline,html",
    "'',*/*,JSON,application/json,attachment,json",
    "?format=csv,*/*,CSV,text/csv,attachment,csv",
    "?format=HTML,*/*,HTML,text/html,inline,html"
  })
  void exportsReportsInTheFormAskedFor(
      String query, String accept, String format, String type, String how, String extension)
      throws Exception {
    rest.post("user", "v1/completions", "{\"prompt\":\"p\"}");
    HttpResponse<String> response =
        rest.send(
            rest.request("user", "api/reports/" + FakeServer.RECEIPT + query)
                .header("Accept", accept)
                .GET());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("report as " + format + " — é");
    assertThat(response.headers().firstValue("Content-Type")).hasValue(type + ";charset=UTF-8");
    assertThat(response.headers().firstValue("Content-Disposition"))
        .hasValue(
            how + "; filename=\"openledger-report-" + FakeServer.RECEIPT + "." + extension + "\"");
    assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'");
  }

  @Test
  void refusesReportsThatDoNotExistOrInOtherForms() throws Exception {
    String path = "api/reports/" + FakeServer.RECEIPT;
    assertThat(json(404, rest.get("user", path)).getString("code")).isEqualTo("OPENLEDGER-5002");
    json(400, rest.get("user", path + "?format=pdf"));
    json(406, rest.send(rest.request("user", path).header("Accept", "application/pdf").GET()));
  }

  @Test
  void givesProofsInTheFormatThatTheCommandLineChecks() throws Exception {
    String path = "api/reports/" + FakeServer.RECEIPT + "/proofs";
    assertThat(json(404, rest.get("user", path)).getString("code")).isEqualTo("OPENLEDGER-5002");
    rest.post("user", "v1/completions", "{\"prompt\":\"p\"}");
    assertThat(json(409, rest.get("user", path)).getString("code")).isEqualTo("OPENLEDGER-4005");
    json(400, text(path, "another answer"));
    JsonObject proofs = json(200, text(path, "An answer — complete."));
    assertThat(proofs.getString("format")).isEqualTo("openledger-proofs-1");
    assertThat(proofs.getString("receipt")).isEqualTo(FakeServer.RECEIPT.value());
    assertThat(proofs.getString("text")).isEqualTo(Hash256.sha256("An answer — complete.").hex());
    JsonObject proof = proofs.getJsonArray("proofs").getJsonObject(0);
    assertThat(proof.getInt("start")).isZero();
    assertThat(proof.getInt("end")).isEqualTo(2);
    assertThat(proof.getString("datanet")).isEqualTo("clauses");
    assertThat(proof.getInt("version")).isEqualTo(7);
    assertThat(proof.getString("root")).isEqualTo(Hash256.sha256("root").hex());
    assertThat(proof.getString("proof")).isEqualTo("cHJvb2Y=");
    JsonObject claim = proof.getJsonObject("claim");
    assertThat(claim.getString("tokenizer")).isEqualTo(Hash256.sha256("tokenizer").hex());
    assertThat(claim.getString("contribution")).isEqualTo("clauses:1");
    assertThat(claim.getInt("offset")).isEqualTo(40);
    assertThat(claim.getJsonArray("tokens")).hasToString("[3,1,4]");
    assertThat(claim.containsKey("previous")).isFalse();
    assertThat(claim.getInt("next")).isEqualTo(1);
  }

  private HttpResponse<String> text(String path, String body) throws Exception {
    return rest.send(
        rest.request("user", path)
            .header("Content-Type", "text/plain; charset=UTF-8")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  @Test
  void showsTheLedgerInDecimalStrings() throws Exception {
    String huge = FakeServer.HUGE.toString();
    JsonObject account = json(200, rest.get("user", "api/ledger/accounts/contributor:alice"));
    assertThat(account.getString("balance")).isEqualTo("-" + huge);
    assertThat(account.getString("earned")).isEqualTo(huge);
    assertThat(json(200, rest.get("user", "api/ledger/accounts?limit=1")).getJsonArray("items"))
        .containsExactly(account);
    JsonObject entry =
        json(200, rest.get("user", "api/ledger/accounts/contributor:alice/entries"))
            .getJsonArray("items")
            .getJsonObject(0);
    assertThat(entry.getString("amount")).isEqualTo(huge);
    assertThat(entry.getString("receipt")).isEqualTo(FakeServer.RECEIPT.value());
    JsonObject statement =
        json(
            200,
            rest.get(
                "user",
                "api/ledger/accounts/contributor:alice/statement?from=2026-01-01T00:00:00Z"));
    assertThat(statement.getString("from")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(statement.getString("closing")).isEqualTo(huge);
    assertThat(statement.getJsonArray("entries")).containsExactly(entry);
    assertThat(statement.getString("earned")).isEqualTo("7");
    JsonObject chain = statement.getJsonObject("chain");
    assertThat(chain.getBoolean("known")).isTrue();
    assertThat(chain.getString("posted")).isEqualTo("5");
    assertThat(chain.getString("claimed")).isEqualTo("3");
    assertThat(chain.getString("claimable")).isEqualTo("2");
    assertThat(chain.getString("staked")).isEqualTo("1");
    assertThat(chain.getInt("block")).isEqualTo(12);
    assertThat(chain.getInt("finalBlock")).isEqualTo(10);
    json(404, rest.get("user", "api/ledger/accounts/contributor:nobody"));
  }

  @Test
  void closesEpochsAndProves() throws Exception {
    JsonObject epoch = json(200, rest.post("admin", "api/ledger/epochs", ""));
    assertThat(epoch.getInt("number")).isEqualTo(4);
    assertThat(json(200, rest.get("user", "api/ledger/epochs")).getJsonArray("items"))
        .containsExactly(epoch);
    JsonObject proof = json(200, rest.get("user", "api/ledger/epochs/4/proofs/contributor:alice"));
    assertThat(proof.getString("cumulative")).isEqualTo(FakeServer.HUGE.toString());
    assertThat(proof.getJsonArray("siblings")).hasSize(1);
    json(404, rest.get("user", "api/ledger/epochs/5/proofs/contributor:alice"));
  }

  @Test
  void attributesAnyText() throws Exception {
    rest.post("contributor", CONTRIBUTIONS, DRAFT);
    JsonObject found =
        json(
            200,
            rest.post(
                "user",
                "api/attribute",
                "{\"text\": \"some text\", \"attribution\": {\"datanets\": [\"clauses\"]}}"));
    assertThat(found.getJsonArray("evidence").getJsonObject(0).getString("kind")).isEqualTo("span");
    assertThat(found.getJsonObject("contributions").getJsonObject("clauses:1").getString("title"))
        .isEqualTo("A title");
    assertThat(rest.fake.boundaries.get(0).datanets()).hasSize(1);
    HttpResponse<String> plain =
        rest.send(
            rest.request("compliance", "api/attribute")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("four")));
    assertThat(json(200, plain).getInt("tokens")).isEqualTo(4);
  }

  @Test
  void pathMethodAndMediaTypeThatAreNotOfferedAreProblems() throws Exception {
    assertThat(json(404, rest.get("user", "api/nothing")).getString("code"))
        .isEqualTo("OPENLEDGER-1009");
    json(404, rest.get("user", "problem"));
    HttpResponse<String> method = rest.send(rest.request("user", "api/datanets").DELETE());
    json(405, method);
    assertThat(method.headers().firstValue("Allow").orElseThrow()).contains("POST");
    json(
        415,
        rest.send(
            rest.request("curator", "api/datanets")
                .header("Content-Type", "application/xml")
                .POST(HttpRequest.BodyPublishers.ofString("<x/>"))));
  }

  @Test
  void bodyOverTheLimitIsRefusedWhileItIsRead() throws Exception {
    String body = "{\"reason\":\"" + "x".repeat(Bodies.SMALL) + "\"}";
    assertThat(
            json(413, rest.post("curator", CONTRIBUTIONS + "/1/retract", body)).getString("code"))
        .isEqualTo("OPENLEDGER-1008");
    HttpResponse<String> streamed =
        rest.send(
            rest.request("user", "api/attribute")
                .header("Content-Type", "text/plain")
                .POST(
                    // without a Content-Length, so that only reading can tell
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[Bodies.LARGE + 1]))));
    json(413, streamed);
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws Exception {
    HttpResponse<String> response =
        rest.send(
            rest.request("user", "api/attribute")
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[] {'a', (byte) 0xC3})));
    assertThat(json(400, response).getString("arrived")).contains("offset 1");
  }
}
