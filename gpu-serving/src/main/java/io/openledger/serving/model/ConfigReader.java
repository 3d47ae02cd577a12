package io.openledger.serving.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code config.json} and {@code generation_config.json}, both the newer form ({@code
 * rope_parameters}, {@code dtype}) and the older one ({@code rope_theta} with {@code rope_scaling},
 * {@code torch_dtype}). What would change the computation and is not supported is refused by name;
 * what is particular to a family its {@link FamilyReader} reads.
 */
final class ConfigReader {

  private static final long LIMIT = 4 << 20;
  private static final Set<String> DTYPES = Set.of("float32", "float16", "bfloat16");

  private final JsonFile json;
  private final ModelSettings settings;

  private ConfigReader(JsonFile json) {
    this.json = json;
    this.settings = new ModelSettings(json);
  }

  static ModelConfig read(Path folder) {
    JsonFile config = JsonFile.read(folder.resolve("config.json"), LIMIT, Broken.CHECKPOINT);
    String type = config.text("model_type").orElse("absent");
    @Nullable FamilyReader family = FamilyReader.ALL.get(type);
    if (family == null) {
      throw ModelSettings.unsupported(
          "model_type = " + type,
          String.join(", ", FamilyReader.ALL.keySet().stream().sorted().toList()));
    }
    ConfigReader reader = new ConfigReader(config);
    reader.refuseUnsupported();
    Path generation = folder.resolve("generation_config.json");
    return reader.config(
        type,
        family,
        Files.exists(generation)
            ? Optional.of(JsonFile.read(generation, LIMIT, Broken.CHECKPOINT))
            : Optional.empty());
  }

  private void refuseUnsupported() {
    settings.only("hidden_act", Set.of("silu"));
    ModelSettings.only("dtype", json.text("dtype").or(() -> json.text("torch_dtype")), DTYPES);
    settings.refuse("quantization_config");
    double rotated = json.number("partial_rotary_factor").orElse(1);
    if (rotated != 1) {
      throw ModelSettings.unsupported("partial_rotary_factor = " + rotated, "1");
    }
  }

  private ModelConfig config(String type, FamilyReader family, Optional<JsonFile> generation) {
    double epsilon = json.number("rms_norm_eps").orElse(1e-6);
    if (!(epsilon > 0 && epsilon < 1)) {
      throw ModelSettings.broken("rms_norm_eps = " + epsilon, "0 to 1");
    }
    int vocabulary = json.required("vocab_size", 1, 1 << 22);
    RopeReader positions = new RopeReader(settings);
    Rope rope = positions.rope();
    List<FeedForward> feedForwards = family.feedForwards(settings);
    return new ModelConfig(
        type,
        vocabulary,
        settings.hidden(),
        (float) epsilon,
        json.flag("tie_word_embeddings", false),
        rope,
        positions.context(rope),
        ends(vocabulary, generation),
        family.attention(settings, positions),
        feedForwards);
  }

  private Set<Integer> ends(int vocabulary, Optional<JsonFile> generation) {
    Set<Integer> ends = new HashSet<>(json.integers("eos_token_id", 0, vocabulary - 1));
    // What generation_config.json says wins: chat checkpoints end turns with more tokens.
    generation
        .map(stated -> stated.integers("eos_token_id", 0, vocabulary - 1))
        .filter(list -> !list.isEmpty())
        .ifPresent(
            list -> {
              ends.clear();
              ends.addAll(list);
            });
    return ends;
  }
}
