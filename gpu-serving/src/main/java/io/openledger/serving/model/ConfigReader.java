package io.openledger.serving.model;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code config.json} and {@code generation_config.json}, both the newer form ({@code
 * rope_parameters}, {@code dtype}) and the older one ({@code rope_theta} with {@code rope_scaling},
 * {@code torch_dtype}). What would change the computation and is not supported is refused by name.
 */
final class ConfigReader {

  private static final long LIMIT = 4 << 20;
  private static final Set<String> DTYPES = Set.of("float32", "float16", "bfloat16");

  private final JsonFile json;

  private ConfigReader(JsonFile json) {
    this.json = json;
  }

  static ModelConfig read(Path folder) {
    JsonFile config = JsonFile.read(folder.resolve("config.json"), LIMIT, Broken.CHECKPOINT);
    ConfigReader reader = new ConfigReader(config);
    String family = config.text("model_type").orElse("absent");
    if (!family.equals("llama")) {
      throw unsupported("model_type = " + family, "llama");
    }
    reader.refuseUnsupported();
    Path generation = folder.resolve("generation_config.json");
    return reader.llama(
        family,
        Files.exists(generation)
            ? Optional.of(JsonFile.read(generation, LIMIT, Broken.CHECKPOINT))
            : Optional.empty());
  }

  private void refuseUnsupported() {
    for (String flag : List.of("attention_bias", "mlp_bias")) {
      if (json.flag(flag, false)) {
        throw unsupported(flag + " = true", flag + " = false");
      }
    }
    only("hidden_act", json.text("hidden_act").orElse("silu"), Set.of("silu"));
    String dtype = json.text("dtype").or(() -> json.text("torch_dtype")).orElse("float32");
    only("dtype", dtype, DTYPES);
    for (String key : List.of("quantization_config", "sliding_window")) {
      json.get(key)
          .ifPresent(
              value -> {
                throw unsupported(key, "no " + key);
              });
    }
    double rotated = json.number("partial_rotary_factor").orElse(1);
    if (rotated != 1) {
      throw unsupported("partial_rotary_factor = " + rotated, "1");
    }
  }

  private ModelConfig llama(String family, Optional<JsonFile> generation) {
    int hidden = json.required("hidden_size", 1, 1 << 17);
    int heads = json.required("num_attention_heads", 1, 1 << 12);
    int kvHeads = json.integer("num_key_value_heads", 1, 1 << 12).orElse(heads);
    int headDim = json.integer("head_dim", 1, 1 << 12).orElse(hidden / heads);
    if (heads % kvHeads != 0) {
      throw Broken.CHECKPOINT.because(
          "config.json has " + heads + " heads over " + kvHeads + " key-value heads", "a multiple");
    }
    if (headDim % 8 != 0) {
      throw unsupported("head_dim = " + headDim, "a multiple of 8");
    }
    double epsilon = json.number("rms_norm_eps").orElse(1e-6);
    if (!(epsilon > 0 && epsilon < 1)) {
      throw Broken.CHECKPOINT.because("config.json has rms_norm_eps = " + epsilon, "0 to 1");
    }
    int vocabulary = json.required("vocab_size", 1, 1 << 22);
    Set<Integer> ends = new HashSet<>(json.integers("eos_token_id", 0, vocabulary - 1));
    // What generation_config.json says wins: chat checkpoints end turns with more tokens.
    generation
        .map(settings -> settings.integers("eos_token_id", 0, vocabulary - 1))
        .filter(list -> !list.isEmpty())
        .ifPresent(
            list -> {
              ends.clear();
              ends.addAll(list);
            });
    return new ModelConfig(
        family,
        vocabulary,
        hidden,
        json.required("intermediate_size", 1, 1 << 20),
        json.required("num_hidden_layers", 1, 1 << 10),
        heads,
        kvHeads,
        headDim,
        (float) epsilon,
        json.flag("tie_word_embeddings", false),
        rope(),
        json.integer("max_position_embeddings", 1, 1 << 24).orElse(2048),
        ends);
  }

  private Rope rope() {
    Optional<JsonFile> newer = json.object("rope_parameters");
    Optional<JsonFile> scaling = newer.isPresent() ? newer : json.object("rope_scaling");
    double theta =
        newer
            .map(parameters -> parameters.number("rope_theta"))
            .filter(value -> value.isPresent())
            .orElseGet(() -> json.number("rope_theta"))
            .orElse(10_000);
    if (!(theta > 0)) {
      throw Broken.CHECKPOINT.because("config.json has rope_theta = " + theta, "above 0");
    }
    return new Rope(theta, scaling.map(this::scaling).orElseGet(Rope.None::new));
  }

  private Rope.Scaling scaling(JsonFile from) {
    String type = from.text("rope_type").or(() -> from.text("type")).orElse("default");
    return switch (type) {
      case "default" -> new Rope.None();
      case "linear" -> new Rope.Linear(factor(from, "factor"));
      case "llama3" -> llama3(from);
      default -> throw unsupported("rope_type = " + type, "default, linear, llama3");
    };
  }

  private static Rope.Llama3 llama3(JsonFile from) {
    double low = factor(from, "low_freq_factor");
    double high = factor(from, "high_freq_factor");
    if (high <= low) {
      throw Broken.CHECKPOINT.because(
          "config.json has high_freq_factor = " + high, "above low_freq_factor = " + low);
    }
    return new Rope.Llama3(
        factor(from, "factor"), low, high, factor(from, "original_max_position_embeddings"));
  }

  private static double factor(JsonFile from, String key) {
    double value =
        from.number(key)
            .orElseThrow(
                () -> Broken.CHECKPOINT.because("config.json's rope has no " + key, "a number"));
    if (!(value > 0)) {
      throw Broken.CHECKPOINT.because("config.json's rope has " + key + " = " + value, "above 0");
    }
    return value;
  }

  private static void only(String key, String value, Set<String> allowed) {
    if (!allowed.contains(value)) {
      throw unsupported(key + " = " + value, String.join(", ", allowed.stream().sorted().toList()));
    }
  }

  private static OpenLedgerException unsupported(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.MODEL_UNSUPPORTED,
        "config.json has " + arrived,
        allowed,
        "choose a checkpoint of a supported family");
  }
}
