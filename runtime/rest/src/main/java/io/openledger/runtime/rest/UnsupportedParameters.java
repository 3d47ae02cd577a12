package io.openledger.runtime.rest;

import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Parameters of the OpenAI API that are not supported: allowed where their value asks for what
 * happens anyway, refused otherwise.
 */
final class UnsupportedParameters {

  private static final Predicate<JsonValue> ANY = value -> true;
  private static final Predicate<JsonValue> OFF = value -> value == JsonValue.FALSE;
  private static final Predicate<JsonValue> ZERO = number(0);
  private static final Predicate<JsonValue> ONE = number(1);
  private static final Predicate<JsonValue> EMPTY =
      value ->
          value.equals(JsonValue.EMPTY_JSON_ARRAY) || value.equals(JsonValue.EMPTY_JSON_OBJECT);

  private record Rule(Predicate<JsonValue> harmless, String allowed) {}

  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("best_of", new Rule(ONE, "1; ask for n answers and choose among them")),
          // of completions, which a chat does not have; and the other way round
          Map.entry("echo", new Rule(OFF, "false")),
          Map.entry("suffix", new Rule(text(""), "no suffix")),
          Map.entry("top_logprobs", new Rule(ZERO, "0")),
          Map.entry("logit_bias", new Rule(EMPTY, "no bias")),
          Map.entry("tools", new Rule(EMPTY, "no tools")),
          Map.entry("tool_choice", new Rule(text("none", "auto"), "none; there are no tools")),
          Map.entry("functions", new Rule(EMPTY, "no functions")),
          Map.entry("function_call", new Rule(text("none", "auto"), "none")),
          Map.entry("service_tier", new Rule(text("auto", "default"), "auto or default")),
          Map.entry("store", new Rule(OFF, "false")),
          // these say who asks or how to label it, and do not change the answer
          Map.entry("parallel_tool_calls", new Rule(ANY, "")),
          Map.entry("user", new Rule(ANY, "")),
          Map.entry("safety_identifier", new Rule(ANY, "")),
          Map.entry("prompt_cache_key", new Rule(ANY, "")),
          Map.entry("metadata", new Rule(ANY, "")));

  private UnsupportedParameters() {}

  /** Refuses the first member that was not read and would change the answer. */
  static void refuse(JsonFields json) {
    for (String name : json.unread()) {
      Rule rule = RULES.get(name);
      if (rule == null) {
        throw json.refuse(name, "not supported", "the parameters of the OpenAPI document");
      }
      if (!json.value(name).filter(rule.harmless).isPresent()) {
        throw json.refuse(name, "not supported with this value", rule.allowed);
      }
    }
  }

  private static Predicate<JsonValue> number(int wanted) {
    return value -> value instanceof JsonNumber n && n.doubleValue() == wanted;
  }

  private static Predicate<JsonValue> text(String... wanted) {
    return value ->
        value instanceof JsonString s && java.util.List.of(wanted).contains(s.getString());
  }
}
