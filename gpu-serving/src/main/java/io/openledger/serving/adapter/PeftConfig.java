package io.openledger.serving.adapter;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.JsonFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code adapter_config.json} of a LoRA in PEFT's layout: which modules it changes, with which rank
 * and scale. Every setting that would change the computation and is not supported is refused by
 * name; so is every unknown setting that says anything.
 *
 * @see <a href="https://huggingface.co/docs/peft/package_reference/lora">LoraConfig</a>
 */
final class PeftConfig {

  private static final long LIMIT = 1 << 20;

  /** Settings that are read, that only training looks at, or that describe. */
  private static final Set<String> HARMLESS =
      Set.of(
          "r",
          "lora_alpha",
          "use_rslora",
          "use_dora",
          "rank_pattern",
          "alpha_pattern",
          "target_modules",
          "exclude_modules",
          "layers_to_transform",
          "layers_pattern",
          "peft_type",
          "task_type",
          "bias",
          "init_lora_weights",
          "auto_mapping",
          "base_model_name_or_path",
          "revision",
          "inference_mode",
          "lora_dropout",
          "peft_version",
          "qalora_group_size",
          "megatron_core",
          "loftq_config",
          "eva_config",
          "corda_config",
          "lora_ga_config",
          "runtime_config",
          // PEFT ignores it for linear layers, and so do we: the factors' shapes do not change.
          "fan_in_fan_out");

  /** Initialisations that leave the base model as it was. */
  private static final Set<String> INITIALISATIONS = Set.of("gaussian", "eva", "orthogonal");

  private final JsonFile json;
  private final int maxRank;

  private PeftConfig(JsonFile json, int maxRank) {
    this.json = json;
    this.maxRank = maxRank;
  }

  static PeftConfig read(Path file, int maxRank) {
    return checked(JsonFile.read(file, LIMIT, Broken.ADAPTER), maxRank);
  }

  /** From a file that was read already. */
  static PeftConfig read(Path file, byte[] content, int maxRank) {
    return checked(JsonFile.parse(file, content, Broken.ADAPTER), maxRank);
  }

  private static PeftConfig checked(JsonFile json, int maxRank) {
    PeftConfig config = new PeftConfig(json, maxRank);
    config.refuseUnsupported();
    return config;
  }

  private void refuseUnsupported() {
    String type = json.text("peft_type").orElse("absent");
    if (!type.equals("LORA")) {
      throw unsupported("peft_type = " + type, "LORA");
    }
    String task = json.text("task_type").orElse("CAUSAL_LM");
    if (!task.equals("CAUSAL_LM")) {
      throw unsupported("task_type = " + task, "CAUSAL_LM");
    }
    String bias = json.text("bias").orElse("none");
    if (!bias.equals("none")) {
      throw unsupported("bias = " + bias, "none");
    }
    json.get("init_lora_weights")
        .filter(value -> value instanceof JsonPrimitive text && text.isString())
        .map(JsonElement::getAsString)
        .filter(value -> !INITIALISATIONS.contains(value))
        .ifPresent(
            value -> {
              throw unsupported(
                  "init_lora_weights = " + value + ", which changes the base model",
                  "true, false, gaussian, eva, orthogonal");
            });
    for (String key : json.keys()) {
      if (!HARMLESS.contains(key) && json.get(key).filter(PeftConfig::says).isPresent()) {
        throw unsupported(key, "no " + key);
      }
    }
  }

  private static boolean says(JsonElement value) {
    if (value instanceof JsonPrimitive primitive) {
      return primitive.isBoolean() ? primitive.getAsBoolean() : true;
    }
    return value instanceof JsonArray array ? !array.isEmpty() : !value.getAsJsonObject().isEmpty();
  }

  /** Whether the adapter changes a module of that path. */
  boolean targets(String module) {
    if (named("exclude_modules", module)) {
      return false;
    }
    if (json.get("target_modules").isEmpty()) {
      throw Broken.ADAPTER.because("adapter_config.json has no target_modules", "a list or a text");
    }
    if (!named("target_modules", module)) {
      return false;
    }
    List<Integer> layers = json.integers("layers_to_transform", 0, 1 << 20);
    boolean exact = texts("target_modules").map(list -> list.contains(module)).orElse(true);
    if (layers.isEmpty() || exact) {
      return true;
    }
    String layer = layerOf(module);
    return !layer.isEmpty() && layers.contains(Integer.valueOf(layer));
  }

  private String layerOf(String module) {
    List<String> patterns =
        json.get("layers_pattern").isPresent()
            ? texts("layers_pattern").orElseGet(() -> List.of(json.text("layers_pattern").get()))
            : List.of();
    for (String pattern : patterns.isEmpty() ? List.of("[^.]*") : patterns) {
      String layer = BoundedText.lastGroup(".*\\." + pattern + "\\.([0-9]{1,6})\\.", module);
      if (!layer.isEmpty()) {
        return layer;
      }
    }
    return "";
  }

  /** PEFT: a text is a regular expression over the whole path, a list holds paths or their ends. */
  private boolean named(String key, String module) {
    Optional<List<String>> list = texts(key);
    if (list.isPresent()) {
      return list.get().stream().anyMatch(t -> module.equals(t) || module.endsWith("." + t));
    }
    Optional<String> pattern = json.text(key);
    if (pattern.isEmpty() || pattern.get().isEmpty()) {
      return false;
    }
    return key.equals("target_modules") && pattern.get().equalsIgnoreCase("all-linear")
        || BoundedText.matches(pattern.get(), module);
  }

  private Optional<List<String>> texts(String key) {
    return json.get(key)
        .filter(JsonElement::isJsonArray)
        .map(
            value -> {
              List<String> list = new ArrayList<>();
              for (JsonElement each : value.getAsJsonArray()) {
                if (!(each instanceof JsonPrimitive text) || !text.isString()) {
                  throw Broken.ADAPTER.because(
                      "adapter_config.json has " + key + " with " + each, "a list of texts");
                }
                list.add(text.getAsString());
              }
              return list;
            });
  }

  /** Whether magnitudes are given apart from directions (DoRA). */
  boolean dora() {
    return json.flag("use_dora", false);
  }

  /** The rank of a module. */
  int rank(String module) {
    Optional<Double> patterned = patterned("rank_pattern", module);
    int rank =
        patterned.isPresent()
            ? (int) Math.rint(patterned.get())
            : json.required("r", 1, Integer.MAX_VALUE);
    if (rank < 1 || rank > maxRank) {
      throw unsupported("rank " + rank + " for " + module, "1 to " + maxRank);
    }
    return rank;
  }

  /** What the product of the factors is multiplied by. */
  double scale(String module) {
    double alpha =
        patterned("alpha_pattern", module).orElseGet(() -> json.number("lora_alpha").orElse(8));
    int rank = rank(module);
    return alpha / (json.flag("use_rslora", false) ? Math.sqrt(rank) : rank);
  }

  /** PEFT: the first key that matches as a regular expression for the path's end. */
  private Optional<Double> patterned(String key, String module) {
    Map<String, Double> patterns = new LinkedHashMap<>();
    json.object(key)
        .ifPresent(
            object -> {
              for (String pattern : object.keys()) {
                object.number(pattern).ifPresent(value -> patterns.put(pattern, value));
              }
            });
    return patterns.entrySet().stream()
        .filter(entry -> BoundedText.matches("(.*\\.)?(" + entry.getKey() + ")", module))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static OpenLedgerException unsupported(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_UNSUPPORTED,
        "adapter_config.json has " + arrived,
        allowed,
        "train the adapter without it, or merge it into a checkpoint");
  }
}
