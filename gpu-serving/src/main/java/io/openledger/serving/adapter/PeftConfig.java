package io.openledger.serving.adapter;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.JsonFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code adapter_config.json} of a LoRA in PEFT's layout: which modules it changes, with which rank
 * and scale. Every setting that would change the computation and is not supported is refused by
 * name; so is every unknown setting that says anything. For one thread.
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
  // What is asked for every module is read once: lists may be long.
  private final Map<String, Optional<Set<String>>> lists = new HashMap<>();
  private final Map<String, Map<String, Double>> numbers = new HashMap<>();
  private final Map<String, ModulePattern> patterns = new HashMap<>();
  private @Nullable Set<Integer> layers;
  private final ModulePattern.Budget budget = new ModulePattern.Budget();

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
    if (layers == null) {
      layers = Set.copyOf(json.integers("layers_to_transform", 0, 1 << 20));
    }
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
            ? texts("layers_pattern")
                .map(List::copyOf)
                .orElseGet(() -> List.of(json.text("layers_pattern").get()))
            : List.of();
    for (String pattern : patterns.isEmpty() ? List.of("[^.]*") : patterns) {
      String layer = pattern(pattern).numberBehind(module, budget);
      if (!layer.isEmpty()) {
        return layer;
      }
    }
    return "";
  }

  /** PEFT: a text is a regular expression over the whole path, a list holds paths or their ends. */
  private boolean named(String key, String module) {
    Optional<Set<String>> list = texts(key);
    if (list.isPresent()) {
      boolean found = list.get().contains(module);
      for (int dot = module.indexOf('.'); dot >= 0 && !found; dot = module.indexOf('.', dot + 1)) {
        found = list.get().contains(module.substring(dot + 1));
      }
      return found;
    }
    Optional<String> pattern = json.text(key);
    if (pattern.isEmpty() || pattern.get().isEmpty()) {
      return false;
    }
    return key.equals("target_modules") && pattern.get().equalsIgnoreCase("all-linear")
        || pattern(pattern.get()).matches(module, budget);
  }

  /** Each is read once: it is matched with every module. */
  private ModulePattern pattern(String source) {
    return patterns.computeIfAbsent(source, ModulePattern::of);
  }

  private Optional<Set<String>> texts(String key) {
    return lists.computeIfAbsent(key, this::list);
  }

  private Optional<Set<String>> list(String key) {
    return json.get(key)
        .filter(JsonElement::isJsonArray)
        .map(
            value -> {
              Set<String> list = new LinkedHashSet<>();
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
    return numbers.computeIfAbsent(key, this::numbers).entrySet().stream()
        .filter(entry -> pattern(entry.getKey()).matchesEnd(module, budget))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private Map<String, Double> numbers(String key) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    json.object(key)
        .ifPresent(
            object -> {
              for (String pattern : object.keys()) {
                object.number(pattern).ifPresent(value -> numbers.put(pattern, value));
              }
            });
    return numbers;
  }

  private static OpenLedgerException unsupported(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_UNSUPPORTED,
        "adapter_config.json has " + arrived,
        allowed,
        "train the adapter without it, or merge it into a checkpoint");
  }
}
