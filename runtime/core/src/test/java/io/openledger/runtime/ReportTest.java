package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static io.openledger.runtime.support.TestServer.CLAUSES;
import static io.openledger.runtime.support.TestServer.draft;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.ReportFormat;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says, and that strangers' texts do no harm in it. */
class ReportTest {

  private static final String HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>, \"x\"";

  @TempDir Path data;
  private TestDatabase database;
  private TestServer server;

  @BeforeEach
  void open() {
    database = TestDatabase.h2();
    start(Map.of());
    server.createClauses();
    server.datanets().contribute(CLAUSES, draft("ann", StoreContract.ONE).title(HOSTILE).build());
  }

  private void start(Map<String, String> keys) {
    server = TestServer.start(database, data, new PlainAttribution(), new ScriptedServing(), keys);
  }

  @AfterEach
  void close() {
    server.close();
    database.close();
  }

  private Receipt ask() {
    Receipt receipt =
        server.model().complete(Prompt.text("<b>it</b> says " + StoreContract.ONE)).receipt();
    TestServer.await(
        "the receipt is linked",
        () -> server.server().reports(APP).receipt(receipt.id()).orElseThrow().link().isPresent());
    return receipt;
  }

  private String export(Receipt receipt, ReportFormat format) {
    return new String(
        server.server().reports(APP).export(receipt.id(), format), StandardCharsets.UTF_8);
  }

  @Test
  void jsonIsCanonicalAndProvesItself() throws Exception {
    Receipt receipt = ask();
    String json = export(receipt, ReportFormat.JSON);
    assertThat(new JsonCanonicalizer(json).getEncodedString()).isEqualTo(json);
    assertThat(export(receipt, ReportFormat.JSON)).isEqualTo(json);

    JsonObject report = Json.createReader(new StringReader(json)).readObject();
    String body =
        new JsonCanonicalizer(report.getJsonObject("receipt").toString()).getEncodedString();
    assertThat(Hash256.sha256(body).hex()).isEqualTo(report.getString("hash"));
    assertThat(Hash256.sha256(report.getString("answer")).hex())
        .isEqualTo(report.getJsonObject("receipt").getString("answerHash"));
    byte[] both = new byte[64];
    JsonObject link = report.getJsonObject("link");
    System.arraycopy(Hash256.parse(link.getString("previous")).toBytes(), 0, both, 0, 32);
    System.arraycopy(receipt.hash().toBytes(), 0, both, 32, 32);
    assertThat(Hash256.sha256(both).hex()).isEqualTo(link.getString("value"));

    JsonObject contribution = report.getJsonArray("contributions").getJsonObject(0);
    assertThat(contribution.getString("licence")).isEqualTo("CC-BY-4.0");
    String commitment =
        new JsonCanonicalizer(contribution.getJsonObject("commitment").toString())
            .getEncodedString();
    // one contribution: the tree's root is the hash of its one leaf
    Hash256 leaf = Hash256.sha256(commitment);
    assertThat(new PlainAttribution().merkleRoot(java.util.List.of(leaf)).hex())
        .isEqualTo(
            report
                .getJsonObject("receipt")
                .getJsonObject("attribution")
                .getJsonArray("datanets")
                .getJsonObject(0)
                .getString("root"));
    BigInteger sum =
        report
            .getJsonObject("receipt")
            .getJsonArray("credits")
            .getValuesAs(JsonObject.class)
            .stream()
            .map(c -> new BigInteger(c.getString("amount")))
            .reduce(BigInteger.ZERO, BigInteger::add);
    assertThat(sum).hasToString(report.getJsonObject("receipt").getString("fee"));
  }

  @Test
  void csvHasOneLineACreditAndNoFormula() {
    Receipt receipt = ask();
    String csv = export(receipt, ReportFormat.CSV);
    assertThat(csv.split("\r\n", -1)).hasSize(receipt.body().credits().size() + 2);
    assertThat(csv).contains("\"'=cmd|' /C calc'!A0 <script>alert(1)</script>, \"\"x\"\"\"");
    assertThat(csv).doesNotContain(",=cmd").contains("700000000000000");
  }

  @Test
  void htmlIsSelfContainedColouredAndEscaped() {
    Receipt receipt = ask();
    String link = "href=\"" + receipt.id() + "/proofs\"";
    assertThat(export(receipt, ReportFormat.HTML)).containsOnlyOnce(link);
    String html = export(receipt, ReportFormat.HTML).replace(link, "");
    assertThat(html)
        .doesNotContain("<script", "<b>it", "src=", "href=", "url(", "@import")
        .contains("&lt;b&gt;it&lt;/b&gt; says <mark", "CC-BY-4.0", receipt.hash().hex(), "#1")
        .contains("0.0007", "contributor:ann", "lang=\"en\"");
  }

  @Test
  void textIsNotKeptWhenTheServerSaysSo() {
    server.close();
    start(Map.of("openledger.receipts.keep-text", "false"));
    Receipt receipt = ask();
    assertThat(export(receipt, ReportFormat.JSON)).doesNotContain("five full years");
    assertThat(export(receipt, ReportFormat.HTML))
        .doesNotContain("five full years")
        .contains("does not keep texts");
    assertThat(database.text("SELECT answer FROM ol_receipts")).isEqualTo("null");
  }
}
