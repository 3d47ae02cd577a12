package io.openledger.samples.clausedesk.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.RequestOptions;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page of a server that is attached to a chain: an answer's reward becomes a payment. */
class RewardsIT {

  /** An epoch's interval, a root's activation, and a slow machine. */
  private static final double PATIENCE = 180_000;

  private static DevelopmentChain chain;
  private static DeskServer server;
  private static Chromium chromium;

  @BeforeAll
  static void start() throws Exception {
    Chromium.required();
    DevelopmentChain.required();
    chain = DevelopmentChain.start();
    Map<String, String> settings = new LinkedHashMap<>(chain.settings());
    settings.put("openledger.epoch.interval", "PT2S");
    settings.put(
        "openledger.model.path", DeskServer.models().resolve("models/speeches-3m").toString());
    settings.put(
        "openledger.adapters.directory", DeskServer.models().resolve("adapters").toString());
    server = DeskServer.start("rewards", settings);
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
    if (chain != null) {
      chain.close();
    }
  }

  private static Locator stage(Page page, String name) {
    return page.locator("[data-stage='" + name + "']");
  }

  private static void awaitDone(Page page, String name) {
    assertThat(stage(page, name))
        .hasAttribute(
            "data-state", "done", new LocatorAssertions.HasAttributeOptions().setTimeout(PATIENCE));
  }

  @Test
  void anAnswersRewardIsFollowedUntilItIsPaidToTheWei() throws Exception {
    Page page = chromium.page(ColorScheme.LIGHT);
    page.navigate(server.address().toString());
    page.locator("#draft:not([disabled])").waitFor();
    assertThat(page.locator("desk-rewards")).containsText("followed here until it is paid");
    page.fill("#beginning", "Duty of care:");
    // the likeliest words, which are a contributor's
    page.locator("#temperature").fill("0");
    page.click("#draft");
    awaitDone(page, "earned");
    assertThat(page.locator("#claim")).isDisabled();
    awaitDone(page, "closed");
    assertThat(stage(page, "closed")).containsText(Pattern.compile("in epoch [1-9]"));
    awaitDone(page, "posted");
    Locator root = stage(page, "posted").locator("code");
    assertThat(root).hasAttribute("title", Pattern.compile("0x[0-9a-f]{64}"));
    assertThat(chain.succeeded(root.getAttribute("title"))).as("the root is in a block").isTrue();
    awaitDone(page, "claimable");
    assertThat(new AxeBuilder(page).analyze().getViolations()).isEmpty();
    picture(page, "claimable");

    Map<String, BigInteger> before = new LinkedHashMap<>();
    for (Locator row : page.locator("[data-payee]").all()) {
      JsonObject one = standing(page, row.getAttribute("data-payee"));
      assertThat(one.get("claimed").getAsString()).isEqualTo("0");
      assertThat(one.get("claimable").getAsBigInteger()).isPositive();
      before.put(one.get("id").getAsString(), chain.balance(one.get("address").getAsString()));
    }
    assertThat(before).isNotEmpty();
    page.click("#claim");
    awaitDone(page, "paid");
    Locator sent = stage(page, "paid").locator("code").first();
    assertThat(chain.succeeded(sent.getAttribute("title"))).as("the claim is in a block").isTrue();
    for (Map.Entry<String, BigInteger> one : before.entrySet()) {
      JsonObject now = standing(page, one.getKey());
      BigInteger claimed = now.get("claimed").getAsBigInteger();
      assertThat(claimed).isPositive().isEqualTo(now.get("closed").getAsBigInteger());
      assertThat(chain.balance(now.get("address").getAsString()).subtract(one.getValue()))
          .as("what %s has more, in wei", one.getKey())
          .isEqualTo(claimed);
    }
    assertThat(page.locator("#claim")).hasCount(0);
    picture(page, "paid");
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void theServersRouteRefusesWhatItCannotRead() {
    Page page = chromium.page(ColorScheme.LIGHT);
    String route = server.address().resolve("api/rewards/claims").toString();
    for (String body :
        new String[] {
          "{}",
          "{\"accounts\":[]}",
          "{\"accounts\":[7]}",
          "{\"accounts\":\"contributor:legal-ops\"}",
          "{\"accounts\":[\"legal-ops\"]}",
          "{\"accounts\":[\"contributor:a\"],\"to\":\"0x1\"}"
        }) {
      var answer =
          page.request()
              .post(
                  route,
                  RequestOptions.create()
                      .setHeader("Content-Type", "application/json")
                      .setData(body));
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.text()).contains("OPENLEDGER-1001");
    }
  }

  private static JsonObject standing(Page page, String account) {
    String answer =
        page.request()
            .get(server.address().resolve("api/rewards?account=" + account).toString())
            .text();
    return JsonParser.parseString(answer)
        .getAsJsonObject()
        .getAsJsonArray("accounts")
        .get(0)
        .getAsJsonObject();
  }

  /** For who changes the page: narrow and wide, in target. */
  private static void picture(Page page, String name) {
    for (int width : new int[] {390, 1360}) {
      page.setViewportSize(width, 1000);
      assertThat(page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))
          .as("nothing is beside a page of %d pixels", width)
          .isEqualTo(true);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setPath(Path.of("target/rewards-" + name + "-" + width + ".png"))
              .setFullPage(true));
    }
  }
}
