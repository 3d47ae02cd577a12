package io.openledger.samples.clausedesk.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A server that was given another model, by the one setting, and no adapter of the sample's. */
class AnotherModelIT {

  @Test
  void theServersBaseModelAnswersAndThePageSaysWhy() throws Exception {
    Chromium.required();
    try (DeskServer server =
        DeskServer.start(
            "another",
            Map.of(
                "openledger.model.path",
                DeskServer.models().resolve("models/speeches-3m").toString()))) {
      server.awaitReady();
      try (Chromium chromium = Chromium.start()) {
        Page page = chromium.page(ColorScheme.LIGHT);
        page.navigate(server.address().toString());
        assertThat(page.locator("header .model strong")).hasText("speeches-3m");
        assertThat(page.locator("header .model"))
            .containsText("no model 'clause-desk' (setting clause-desk.model)");
        page.fill("#beginning", "The parties agree");
        page.click("#draft");
        assertThat(page.locator("#receipt-hash")).hasText(Pattern.compile("[0-9a-f]{64}"));
        assertThat(page.locator(".text")).containsText("The parties agree");
      }
    }
  }
}
