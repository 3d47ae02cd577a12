package io.openledger.samples.clausedesk;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.Sampling;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * What the page asks for: the beginning of a clause, continued.
 *
 * @param draft the page's name for this draft, by which it can be stopped
 * @param beginning what the person typed, 1 to {@value #MAX_BEGINNING} characters; the model reads
 *     exactly this
 * @param tokens how long the text may become, 1 to {@value #MAX_TOKENS}
 * @param temperature 0 (always the likeliest token) to 2
 * @param seed the same seed and the same request give the same text
 */
record DraftRequest(UUID draft, String beginning, int tokens, double temperature, long seed) {

  static final int MAX_BEGINNING = 4000;
  static final int MAX_TOKENS = 400;

  // without it a small model's unlikeliest words make every freer draft a jumble
  private static final double TOP_P = 0.8;

  private static final Set<String> KNOWN =
      Set.of("draft", "beginning", "tokens", "temperature", "seed");

  DraftRequest {
    if (beginning.isBlank() || beginning.length() > MAX_BEGINNING) {
      throw OpenLedgerException.invalid(
          "beginning",
          beginning.isBlank() ? "blank" : beginning.length() + " characters",
          "1 to " + MAX_BEGINNING + " characters, not all of them blank");
    }
  }

  /** Reads the request's body. */
  static DraftRequest parse(String body) {
    Fields fields = Fields.parse(body, KNOWN);
    return new DraftRequest(
        id(fields.optionalText("draft").orElseGet(() -> UUID.randomUUID().toString())),
        fields.text("beginning"),
        (int) fields.integer("tokens", 100, 1, MAX_TOKENS),
        fields.number("temperature", 0, 0, 2),
        fields.integer("seed", 0, 0, Integer.MAX_VALUE));
  }

  /** Reads the name of a draft. */
  static UUID id(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw OpenLedgerException.invalid("draft", text.length() + " characters", "a UUID");
    }
  }

  /** What the model is asked. */
  Prompt prompt() {
    return Prompt.text(beginning)
        .with(
            GenerationOptions.of(
                tokens,
                Sampling.at(temperature).cut(0, TOP_P, 0),
                OptionalLong.of(seed),
                List.of()));
  }
}
