package io.openledger.samples.clausedesk.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.erdtman.jcs.JsonCanonicalizer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One server for all tests; each test opens the page anew. No test depends on another. */
class ClauseDeskIT {

  private static DeskServer server;
  private static Chromium chromium;
  private Page page;

  @BeforeAll
  static void start() throws Exception {
    Chromium.required();
    server =
        DeskServer.start(
            "desk",
            Map.of(
                "openledger.epoch.interval", "PT2S",
                "openledger.model.path",
                    DeskServer.models().resolve("models/speeches-3m").toString(),
                "openledger.adapters.directory",
                    DeskServer.models().resolve("adapters").toString()));
    server.awaitReady();
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (chromium != null) {
      chromium.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void open() {
    page = open(ColorScheme.LIGHT);
  }

  @Test
  void thePassagesOfADraftAreColouredByClause() {
    draft("Duty of care:", 100, 0, 0);
    Locator first = page.locator(".span").first();
    assertThat(first).hasClass(Pattern.compile("tone-1"));
    assertThat(page.locator("desk-sources tbody tr").first()).containsText("Duty of care");
    assertThat(page.locator(".typed")).hasText("Duty of care:");
    assertThat(page.locator("header .model")).containsText("clause-desk on speeches-3m");
    // what is coloured stands in the clause, word for word
    String passage = first.textContent().replaceAll(", from source \\d+$|\\d+$", "");
    String clause =
        clauses().stream()
            .filter(one -> one.get("id").getAsString().equals(first.getAttribute("data-owner")))
            .map(one -> one.get("text").getAsString())
            .findFirst()
            .orElseThrow();
    assertThat(clause).contains(passage.replaceAll(", from source \\d+$|\\d+$", "").strip());
  }

  @Test
  void theTextComesInPiecesAndTheReceiptLast() {
    List<JsonObject> lines =
        page.request()
            .post(
                server.address().resolve("api/draft").toString(),
                RequestOptions.create()
                    .setHeader("Content-Type", "application/json")
                    .setData("{\"beginning\": \"Duty of care:\"}"))
            .text()
            .lines()
            .map(line -> JsonParser.parseString(line).getAsJsonObject())
            .toList();
    JsonObject last = lines.get(lines.size() - 1);
    assertThat(last.get("type").getAsString()).isEqualTo("final");
    StringBuilder text = new StringBuilder();
    JsonArray spans = new JsonArray();
    int pieces = 0;
    for (JsonObject line : lines.subList(0, lines.size() - 1)) {
      if (line.get("type").getAsString().equals("text")) {
        text.append(line.get("delta").getAsString());
        pieces++;
      } else {
        assertThat(line.get("type").getAsString()).isEqualTo("evidence");
        for (JsonElement span : line.getAsJsonArray("spans")) {
          // no span of text that has not arrived
          assertThat(span.getAsJsonObject().get("end").getAsInt())
              .isLessThanOrEqualTo(text.length());
          spans.add(span);
        }
      }
    }
    assertThat(pieces).isGreaterThan(20);
    assertThat(text).hasToString(last.get("text").getAsString());
    assertThat(spans).isNotEmpty().isEqualTo(last.getAsJsonArray("spans"));
  }

  @Test
  void theLateCopiesAreShownAsSuchAndEarnNothing() {
    List<JsonObject> clauses = clauses();
    assertThat(clauses.subList(0, 75)).noneMatch(one -> one.has("nearDuplicateOf"));
    Map<String, String> originals =
        Map.of(
            "Duty of care revised", "Duty of care",
            "Invoices copy", "Invoices",
            "Encryption keys short", "Encryption keys");
    Map<String, String> titles =
        clauses.stream()
            .collect(
                Collectors.toMap(
                    one -> one.get("id").getAsString(), one -> one.get("title").getAsString()));
    Map<String, String> found =
        clauses.subList(0, 78).stream()
            .filter(one -> one.has("nearDuplicateOf"))
            .collect(
                Collectors.toMap(
                    one -> one.get("title").getAsString(),
                    one -> titles.get(one.get("nearDuplicateOf").getAsString())));
    assertThat(found).isEqualTo(originals);
    page.fill("#search", "Invoices copy");
    assertThat(page.locator(".clauses .dup")).hasText("repeats “Invoices”, earns nothing");
  }

  @Test
  void whatAnAnswerOwesIsAddedToTheBalances() {
    Map<String, BigInteger> before = balances();
    JsonObject answer = draft("Breach notification:", 100, 0, 0);
    Map<String, BigInteger> after = balances();
    BigInteger fee = answer.getAsJsonObject("receipt").get("fee").getAsBigInteger();
    BigInteger sum = BigInteger.ZERO;
    for (JsonElement credit : answer.getAsJsonArray("credits")) {
      sum = sum.add(credit.getAsJsonObject().get("amount").getAsBigInteger());
    }
    assertThat(sum).isEqualTo(fee).isPositive();
    BigInteger gained = BigInteger.ZERO;
    for (Map.Entry<String, BigInteger> one : after.entrySet()) {
      BigInteger change =
          one.getValue().subtract(before.getOrDefault(one.getKey(), BigInteger.ZERO));
      if (one.getKey().startsWith("payer:")) {
        assertThat(change).isEqualTo(fee.negate());
      } else {
        gained = gained.add(change);
      }
    }
    assertThat(gained).isEqualTo(fee);
    assertThat(page.locator("desk-owes tbody tr")).not().hasCount(0);
    assertThat(page.locator("desk-balances .change.up").first()).containsText("+");
  }

  @Test
  void withoutAChainTheEpochIsClosedAndThePageSaysThatNoneIsAttached() {
    draft("Duty of care:", 100, 0, 0);
    Locator closed = page.locator("[data-stage='closed']");
    assertThat(closed)
        .hasAttribute(
            "data-state", "done", new LocatorAssertions.HasAttributeOptions().setTimeout(60_000));
    assertThat(closed).containsText(Pattern.compile("in epoch [1-9]"));
    assertThat(page.locator("#no-chain")).containsText("No chain is attached");
    assertThat(page.locator("[data-stage='posted']")).hasAttribute("data-state", "later");
    assertThat(page.locator("#claim")).hasCount(0);
    assertThat(page.locator("desk-rewards .problem")).hasCount(0);
    assertThat(
            page.request()
                .post(
                    server.address().resolve("api/rewards/claims").toString(),
                    RequestOptions.create()
                        .setHeader("Content-Type", "application/json")
                        .setData("{\"accounts\":[\"contributor:legal-ops\"]}"))
                .text())
        .contains("OPENLEDGER-5010", "no chain is attached");
  }

  @Test
  void aPassageTellsItsClauseToMouseAndKeyboard() {
    draft("Duty of care:", 100, 0, 0);
    Locator card = page.locator("#span-card");
    page.locator(".span").first().hover();
    assertThat(card).containsText("Duty of care");
    assertThat(card).containsText(Pattern.compile("legal-ops 100\\s%"));
    assertThat(card).containsText("CC-BY-4.0");
    assertThat(card)
        .containsText(Pattern.compile("Share of credit\\s*[\\d.]+\\s% · [\\d.<]+ OPEN"));
    assertThat(card).containsText(Pattern.compile("[1-9]\\d* tokens, [1-9]\\d* bits"));
    assertThat(card).containsText(Pattern.compile("Found in\\s*[1-9]\\d* clause"));
    card.hover();
    page.waitForTimeout(400);
    assertThat(card).isVisible();
    page.keyboard().press("Escape");
    assertThat(card).isHidden();
    page.mouse().move(1, 1);
    page.locator(".span").first().focus();
    assertThat(card).isVisible();
  }

  @Test
  void theReportsAreFilesThatAgreeWithThePageAndAddUpToTheFee() throws Exception {
    JsonObject answer = draft("Late payment:", 100, 0, 0);
    JsonObject receipt = answer.getAsJsonObject("receipt");
    String hash = page.locator("#receipt-hash").textContent();

    byte[] json = export("json");
    assertThat(new JsonCanonicalizer(new String(json, StandardCharsets.UTF_8)).getEncodedUTF8())
        .as("canonical JSON")
        .isEqualTo(json);
    JsonObject report =
        JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
    assertThat(report.get("hash").getAsString()).isEqualTo(hash);
    byte[] body = new JsonCanonicalizer(report.get("receipt").toString()).getEncodedUTF8();
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body)))
        .as("the hash is that of the receipt, as anybody can compute it")
        .isEqualTo(hash);

    List<String> lines = List.of(new String(export("csv"), StandardCharsets.UTF_8).split("\r\n"));
    List<String> columns = List.of(lines.get(0).split(","));
    BigInteger sum = BigInteger.ZERO;
    for (String line : lines.subList(1, lines.size())) {
      List<String> cells = List.of(line.split(",", -1));
      assertThat(cells).hasSameSizeAs(columns);
      sum = sum.add(new BigInteger(cells.get(columns.indexOf("amount_wei"))));
    }
    assertThat(sum).isEqualTo(receipt.get("fee").getAsBigInteger());

    assertThat(new String(export("html"), StandardCharsets.UTF_8))
        .contains(receipt.get("id").getAsString(), hash);
  }

  @Test
  void aRefusedContributionSaysWhatArrivedWhatIsAllowedAndWhatToDo() {
    page.fill("#title", "Notice periods");
    page.fill("#clause-text", "Notice is given in writing, and a month before it takes effect.");
    page.fill("#person-0", "notice-team");
    page.fill("#share-0", "90");
    page.click("#contribute");
    Locator problem = page.locator("desk-contribute .problem");
    assertThat(problem).containsText("OPENLEDGER-2009");
    assertThat(problem).containsText("9000 basis points");
    assertThat(problem).containsText("exactly 10000");
    assertThat(problem).containsText("correct the shares");

    page.fill("#share-0", "100");
    page.fill("#licence", "");
    page.click("#contribute");
    assertThat(problem).containsText("OPENLEDGER-2008");

    page.fill("#licence", "CC-BY-4.0");
    page.fill("#clause-text", " ");
    page.click("#contribute");
    assertThat(problem).containsText("OPENLEDGER-2004");

    page.fill("#clause-text", clauses().get(1).get("text").getAsString());
    page.click("#contribute");
    assertThat(problem).containsText("OPENLEDGER-2007");

    page.fill("#clause-text", "Some text of our own.");
    page.fill("#person-0", "Notice Team");
    page.click("#contribute");
    assertThat(problem).containsText("OPENLEDGER-1001");
  }

  @Test
  void aContributedPassageIsColouredAndPaidInTheNextDraft() throws IOException {
    Locator use = page.locator("#use-passage");
    // the first seed whose draft has a passage that no clause has
    for (int seed = 1; seed <= 30 && !use.isVisible(); seed++) {
      draft("Limitation period:", 100, 0.7, seed);
    }
    assertThat(use).isVisible();
    String before = page.locator(".text").textContent();
    use.click();
    assertThat(page.locator("#person-0")).isFocused();
    page.fill("#person-0", "agents-team");
    page.click("#contribute");
    assertThat(page.locator("#accepted")).containsText("is accepted");
    JsonObject again = draft(() -> page.click("#see-used"));

    Locator row = page.locator("desk-sources tr.fresh");
    assertThat(row).containsText(Pattern.compile("agents-team 100\\s%"));
    assertThat(page.locator(".span.fresh").first()).isVisible();
    assertThat(plain(page.locator(".text").textContent())).isEqualTo(plain(before));
    BigInteger paid = BigInteger.ZERO;
    for (JsonElement credit : again.getAsJsonArray("credits")) {
      if (credit.getAsJsonObject().get("account").getAsString().equals("contributor:agents-team")) {
        paid = paid.add(credit.getAsJsonObject().get("amount").getAsBigInteger());
      }
    }
    assertThat(paid).isPositive();
    assertThat(page.locator("[data-account='contributor:agents-team'] .change")).containsText("+");
    page.evaluate("() => window.scrollTo(0, 0)");
    page.locator(".span.fresh").first().hover();
    page.waitForTimeout(3500);
    Path file = Path.of(System.getProperty("screenshot.file"));
    Files.createDirectories(file.toAbsolutePath().getParent());
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
    assertThat(Files.size(file)).isPositive();
  }

  @Test
  void aStoppedDraftIsAttributedAsFarAsItGot() {
    set("Duty of care:", 400, 0, 0);
    // Inside the page, because this model writes its seventy tokens in a fraction of a second; and
    // at the
    // change itself, because a frame may come too late. On a busy machine the order to stop may
    // still
    // arrive after the last word: then once more.
    String stopAtTheFirstWord =
        """
        () => new Promise(done => {
          const end = stopped => { watch.disconnect(); clearTimeout(limit); done(stopped); };
          const watch = new MutationObserver(() => {
            const stop = document.querySelector('.stop');
            if (stop && document.querySelector('.arriving')?.textContent) {
              stop.click();
              end(true);
            }
          });
          const limit = setTimeout(() => end(false), 20000);
          watch.observe(document.body, {childList: true, characterData: true, subtree: true});
          document.querySelector('#draft').click();
        })""";
    JsonObject answer = draft(() -> page.evaluate(stopAtTheFirstWord));
    for (int more = 4;
        more > 0 && !answer.get("finishReason").getAsString().equals("CANCELLED");
        more--) {
      answer = draft(() -> page.evaluate(stopAtTheFirstWord));
    }
    assertThat(answer.get("finishReason").getAsString()).isEqualTo("CANCELLED");
    assertThat(answer.get("text").getAsString()).isNotEmpty();
    assertThat(page.locator("#receipt-hash")).hasText(Pattern.compile("[0-9a-f]{64}"));
  }

  @Test
  void aBeginningBeyondTheContextIsRefusedWithItsCode() {
    page.fill("#beginning", "whereas ".repeat(480));
    page.click("#draft");
    assertThat(page.locator(".column > .problem")).containsText("OPENLEDGER-3008");
    assertThat(page.locator("#draft")).isEnabled();
  }

  @Test
  void aPageThatIsOpenedTooEarlySaysWhyAndOpensByItself() {
    AtomicInteger asked = new AtomicInteger();
    Page early = chromium.page(ColorScheme.LIGHT);
    // the answers of a server that starts; from the fourth on, those of the real one
    early.route(
        "**/api/status",
        route -> {
          switch (asked.getAndIncrement()) {
            case 0 -> route.abort();
            case 1 ->
                route.fulfill(new Route.FulfillOptions().setStatus(404).setBody("<html></html>"));
            case 2 ->
                route.fulfill(
                    new Route.FulfillOptions()
                        .setContentType("application/json")
                        .setBody(
                            """
                        {"ready":false,"done":40,"total":78,"problem":{"title":"Not ready",
                         "code":"OPENLEDGER-6002","arrived":"the model is being loaded",
                         "allowed":"calls while it runs","remedy":"wait"}}"""));
            default -> route.resume();
          }
        });
    early.navigate(server.address().toString());
    assertThat(early.locator("main > .problem")).containsText("The server cannot be reached");
    assertThat(early.locator("main > .problem")).containsText("status 404");
    assertThat(early.locator(".starting")).containsText("40 of 78 clauses");
    assertThat(early.locator(".starting")).containsText("OPENLEDGER-6002");
    assertThat(early.locator("#draft")).isDisabled();
    assertThat(early.locator("#draft")).isEnabled();
    assertThat(early.locator(".starting")).hasCount(0);
  }

  @Test
  void thePageHasNoAccessibilityFindingsInLightAndDark() {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      page = open(scheme);
      assertThat(new AxeBuilder(page).analyze().getViolations()).as("empty, %s", scheme).isEmpty();
      draft("Use of AI assistants:", 120, 0, 0);
      page.fill("#title", "T");
      page.click("#contribute");
      page.locator("desk-contribute .problem").waitFor();
      assertThat(new AxeBuilder(page).analyze().getViolations())
          .as("drafted, %s", scheme)
          .isEmpty();
    }
  }

  @Test
  void thePageObeysAStrictPolicyWithoutComplaint() {
    Response document = page.navigate(server.address().toString());
    String policy = document.headerValue("content-security-policy");
    assertThat(policy).contains("default-src 'none'", "script-src 'self'", "style-src 'self'");
    assertThat(policy).doesNotContain("unsafe");
    draft("Duty of care:", 60, 0, 0);
    page.locator(".span").first().hover();
    page.locator("#span-card").waitFor();
    assertThat(chromium.complaints()).isEmpty();
  }

  private Page open(ColorScheme scheme) {
    Page opened = chromium.page(scheme);
    opened.navigate(server.address().toString());
    opened.locator("#draft:not([disabled])").waitFor();
    return opened;
  }

  private void set(String beginning, int tokens, double temperature, int seed) {
    page.fill("#beginning", beginning);
    page.locator("#tokens").fill(Integer.toString(tokens));
    // a slider takes its value in the form that it has itself
    page.locator("#temperature").fill(temperature == 0 ? "0" : Double.toString(temperature));
    if (temperature > 0) {
      page.fill("#seed", Integer.toString(seed));
      page.locator("#seed").blur();
    }
  }

  private JsonObject draft(String beginning, int tokens, double temperature, int seed) {
    set(beginning, tokens, temperature, seed);
    return draft(() -> page.click("#draft"));
  }

  /** Drafts, waits until the page shows the whole answer, and returns what the server said. */
  private JsonObject draft(Runnable begin) {
    String before = answer().map(ClauseDeskIT::receiptId).orElse("");
    begin.run();
    page.waitForCondition(() -> answer().filter(one -> !receiptId(one).equals(before)).isPresent());
    JsonObject answer = answer().orElseThrow();
    assertThat(page.locator("#receipt-hash"))
        .hasText(answer.getAsJsonObject("receipt").get("hash").getAsString());
    assertThat(page.locator("#draft")).isEnabled();
    return answer;
  }

  /** The answer that the page shows, as the server sent it. */
  private Optional<JsonObject> answer() {
    Object shown = page.evaluate("() => JSON.stringify(document.querySelector('desk-app').answer)");
    JsonElement parsed = JsonParser.parseString(String.valueOf(shown));
    return parsed.isJsonObject() ? Optional.of(parsed.getAsJsonObject()) : Optional.empty();
  }

  private static String receiptId(JsonObject answer) {
    return answer.getAsJsonObject("receipt").get("id").getAsString();
  }

  private byte[] export(String format) throws IOException {
    Download download = page.waitForDownload(() -> page.click("#export-" + format));
    assertThat(download.suggestedFilename()).endsWith("." + format);
    return Files.readAllBytes(download.path());
  }

  private List<JsonObject> clauses() {
    return list("api/clauses", "clauses");
  }

  private Map<String, BigInteger> balances() {
    return list("api/balances", "accounts").stream()
        .collect(
            Collectors.toMap(
                one -> one.get("id").getAsString(), one -> one.get("balance").getAsBigInteger()));
  }

  private List<JsonObject> list(String path, String field) {
    JsonArray items =
        JsonParser.parseString(page.request().get(server.address().resolve(path).toString()).text())
            .getAsJsonObject()
            .getAsJsonArray(field);
    return items.asList().stream().map(JsonElement::getAsJsonObject).toList();
  }

  /** The text without the numbers of its sources. */
  private static String plain(String text) {
    return text.replaceAll("\\d*, from source \\d+", "");
  }
}
