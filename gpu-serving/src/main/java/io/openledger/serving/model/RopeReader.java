package io.openledger.serving.model;

import com.google.gson.JsonElement;
import java.util.Optional;

/**
 * Reads positions from {@code config.json}: {@code rope_parameters}, or the older {@code
 * rope_theta} with {@code rope_scaling}.
 */
final class RopeReader {

  private static final int LONGEST = 1 << 24;

  private final ModelSettings settings;
  private final Optional<JsonFile> parameters;
  private final int stated;

  RopeReader(ModelSettings settings) {
    this.settings = settings;
    JsonFile json = settings.json();
    Optional<JsonFile> newer = json.object("rope_parameters");
    this.parameters = newer.isPresent() ? newer : json.object("rope_scaling");
    this.stated = json.integer("max_position_embeddings", 1, LONGEST).orElse(2048);
  }

  Rope rope() {
    double theta =
        settings
            .json()
            .object("rope_parameters")
            .map(newer -> newer.number("rope_theta"))
            .filter(value -> value.isPresent())
            .orElseGet(() -> settings.json().number("rope_theta"))
            .orElse(10_000);
    // At 1 all frequencies are one, and yarn divides by its logarithm.
    if (!(theta > 1)) {
      throw ModelSettings.broken("rope_theta = " + theta, "above 1");
    }
    if (parameters.isPresent()) {
      for (String key : parameters.get().keys()) {
        if (parameters.get().get(key).filter(JsonElement::isJsonObject).isPresent()) {
          throw ModelSettings.unsupported("positions for " + key + " alone", "one for all layers");
        }
      }
      double rotated = parameters.get().number("partial_rotary_factor").orElse(1);
      if (rotated != 1) {
        throw ModelSettings.unsupported("partial_rotary_factor = " + rotated, "1");
      }
    }
    return new Rope(theta, parameters.map(this::scaling).orElseGet(Rope.None::new));
  }

  /** How long a sequence can be: what is stated, or what scaling makes of the original context. */
  int context(Rope rope) {
    double scaled =
        rope.scaling() instanceof Rope.Dynamic dynamic
            ? dynamic.factor() * dynamic.original()
            : rope.scaling() instanceof Rope.Yarn yarn ? yarn.factor() * yarn.original() : stated;
    return (int) Math.min(LONGEST, Math.max(stated, Math.floor(scaled)));
  }

  /** {@code yarn}, with what only DeepSeek's attention reads of it: the softmax's own stretch. */
  double attentionStretch() {
    if (parameters.isEmpty() || kind(parameters.get()).equals("default")) {
      return 1;
    }
    double weight = parameters.get().number("mscale_all_dim").orElse(0);
    if (weight == 0) {
      return 1;
    }
    return Rope.Yarn.stretch(factor(parameters.get()), weight);
  }

  private static String kind(JsonFile from) {
    return from.text("rope_type").or(() -> from.text("type")).orElse("default");
  }

  private Rope.Scaling scaling(JsonFile from) {
    return switch (kind(from)) {
      case "default" -> new Rope.None();
      case "linear" -> new Rope.Linear(factor(from));
      case "dynamic" -> new Rope.Dynamic(factor(from), stated);
      case "llama3" -> llama3(from);
      case "yarn" -> yarn(from);
      default ->
          throw ModelSettings.unsupported(
              "rope_type = " + kind(from), "default, linear, dynamic, llama3, yarn");
    };
  }

  private Rope.Llama3 llama3(JsonFile from) {
    double low = needed(from, "low_freq_factor");
    double high = needed(from, "high_freq_factor");
    if (high <= low) {
      throw ModelSettings.broken("high_freq_factor = " + high, "above low_freq_factor = " + low);
    }
    return new Rope.Llama3(
        factor(from), low, high, needed(from, "original_max_position_embeddings"));
  }

  private Rope.Yarn yarn(JsonFile from) {
    double original = settings.positive(from, "original_max_position_embeddings", stated);
    double factor = from.get("factor").isPresent() ? factor(from) : Math.max(1, stated / original);
    double fast = settings.positive(from, "beta_fast", 32);
    double slow = settings.positive(from, "beta_slow", 1);
    if (fast < slow) {
      throw ModelSettings.broken("beta_fast = " + fast, "at least beta_slow = " + slow);
    }
    double weight = from.number("mscale").orElse(0);
    double all = from.number("mscale_all_dim").orElse(0);
    double stretch =
        weight != 0 && all != 0
            ? Rope.Yarn.stretch(factor, weight) / Rope.Yarn.stretch(factor, all)
            : Rope.Yarn.stretch(factor, 1);
    return new Rope.Yarn(
        factor,
        original,
        fast,
        slow,
        settings.positive(from, "attention_factor", stretch),
        from.flag("truncate", true));
  }

  private double factor(JsonFile from) {
    double factor = needed(from, "factor");
    if (factor < 1) {
      throw ModelSettings.broken("a rope factor = " + factor, "at least 1");
    }
    return factor;
  }

  private double needed(JsonFile from, String key) {
    if (from.get(key).isEmpty()) {
      throw ModelSettings.broken("a rope without " + key, "a number");
    }
    return settings.positive(from, key, 0);
  }
}
