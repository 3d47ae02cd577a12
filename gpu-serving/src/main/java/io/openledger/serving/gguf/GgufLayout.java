package io.openledger.serving.gguf;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.gguf.GgufReader.Header;
import io.openledger.serving.model.Broken;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What settings and tensors of a GGUF file are called in a Hugging Face folder. */
final class GgufLayout {

  private static final Pattern IN_LAYER = Pattern.compile("blk\\.(0|[1-9][0-9]{0,3})\\.(.{1,64})");

  private static final List<String> ARCHITECTURES = List.of("llama", "qwen2", "qwen3");

  private static final Set<String> SCALING =
      Set.of("type", "factor", "original_context_length", "finetuned");

  private static final Map<String, String> WHOLE =
      Map.of(
          "token_embd.weight", "model.embed_tokens.weight",
          "output_norm.weight", "model.norm.weight",
          "output.weight", "lm_head.weight");

  private static final Map<String, String> MODULES =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));

  private final Header header;
  private final String architecture;

  GgufLayout(Header header) {
    this.header = header;
    this.architecture = text("general.architecture").orElse("absent");
    if (!ARCHITECTURES.contains(architecture)) {
      throw unsupported("general.architecture = " + architecture, String.join(", ", ARCHITECTURES));
    }
    if (number("expert_count").orElse(0d) > 0) {
      throw unsupported("experts", "none in this format");
    }
  }

  /** Tensors by their Hugging Face names, in the file's order. */
  Map<String, GgufTensor> tensors() {
    Map<String, GgufTensor> named = new LinkedHashMap<>();
    header
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (architecture.equals("llama") && name.endsWith(".bias")) {
                throw unsupported("tensor " + name, "no biases in this architecture");
              }
              if (!name.equals(RopeFactors.TENSOR)) {
                named.put(name(name), tensor);
              }
            });
    return named;
  }

  private static String name(String name) {
    String whole = WHOLE.get(name);
    if (whole != null) {
      return whole;
    }
    Matcher inLayer = IN_LAYER.matcher(name);
    if (inLayer.matches()) {
      String path = inLayer.group(2);
      String kind = path.endsWith(".bias") ? ".bias" : ".weight";
      String module =
          path.endsWith(kind)
              ? MODULES.get(path.substring(0, path.length() - kind.length()))
              : null;
      if (module != null) {
        return "model.layers." + Integer.parseInt(inLayer.group(1)) + "." + module + kind;
      }
    }
    throw unsupported("tensor " + name, "those of dense layers with gated feed-forward parts");
  }

  /**
   * The row of the file's tensor that a row of the Hugging Face tensor is. Files of the {@code
   * llama} architecture keep the two dimensions that turn together side by side, where Hugging Face
   * keeps them half a head apart.
   */
  long row(String name, long row) {
    boolean turned =
        architecture.equals("llama")
            && (name.contains(".self_attn.q_proj.") || name.contains(".self_attn.k_proj."));
    if (!turned) {
      return row;
    }
    long head = headDim();
    long within = row % head;
    return row - within + within % (head / 2) * 2 + within / (head / 2);
  }

  /** {@code config.json}. */
  JsonObject config() {
    JsonObject config = new JsonObject();
    config.addProperty("model_type", architecture);
    config.addProperty("hidden_size", integer("embedding_length"));
    config.addProperty("intermediate_size", integer("feed_forward_length"));
    config.addProperty("num_hidden_layers", integer("block_count"));
    config.addProperty("num_attention_heads", integer("attention.head_count"));
    config.addProperty(
        "num_key_value_heads",
        number("attention.head_count_kv")
            .orElseGet(() -> (double) integer("attention.head_count")));
    config.addProperty("head_dim", headDim());
    config.addProperty("max_position_embeddings", integer("context_length"));
    number("attention.layer_norm_rms_epsilon")
        .ifPresent(epsilon -> config.addProperty("rms_norm_eps", epsilon));
    GgufTensor embedding = needed("token_embd.weight");
    config.addProperty("vocab_size", embedding.shape().get(0));
    config.addProperty("tie_word_embeddings", !header.tensors().containsKey("output.weight"));
    boolean biased = header.tensors().containsKey("blk.0.attn_output.bias");
    config.addProperty("attention_bias", biased);
    if (header.values().get("tokenizer.ggml.eos_token_id") instanceof Double end) {
      config.addProperty("eos_token_id", end);
    }
    number("attention.sliding_window")
        .filter(window -> window > 0)
        .ifPresent(
            window -> {
              throw unsupported("attention.sliding_window", "none in this format");
            });
    config.add("rope_parameters", rope());
    return config;
  }

  private JsonObject rope() {
    JsonObject rope = new JsonObject();
    double theta = number("rope.freq_base").orElse(10_000d);
    rope.addProperty("rope_theta", theta);
    String type = text(architecture + ".rope.scaling.type").orElse("none");
    rope.addProperty("rope_type", type.equals("none") ? "default" : type);
    number("rope.scaling.factor").ifPresent(factor -> rope.addProperty("factor", factor));
    number("rope.scaling.original_context_length")
        .ifPresent(length -> rope.addProperty("original_max_position_embeddings", length));
    String prefix = architecture + ".rope.scaling.";
    for (String key : header.values().keySet()) {
      if (key.startsWith(prefix) && !SCALING.contains(key.substring(prefix.length()))) {
        throw unsupported(key, prefix + String.join(", ", SCALING.stream().sorted().toList()));
      }
    }
    double rotated = number("rope.dimension_count").orElse((double) headDim());
    if (rotated != headDim()) {
      throw unsupported("rope.dimension_count = " + rotated, "all " + headDim());
    }
    return rope;
  }

  int headDim() {
    long heads = integer("attention.head_count");
    long head =
        number("attention.key_length")
            .map(Double::longValue)
            .orElse(integer("embedding_length") / Math.max(1, heads));
    if (head < 2 || head % 2 != 0 || head > 1 << 12) {
      throw Broken.CHECKPOINT.because("a GGUF file with heads of " + head, "an even width");
    }
    return (int) head;
  }

  double theta() {
    return number("rope.freq_base").orElse(10_000d);
  }

  GgufTensor needed(String name) {
    GgufTensor tensor = header.tensors().get(name);
    if (tensor == null) {
      throw Broken.CHECKPOINT.because("a GGUF file without tensor " + name, name);
    }
    return tensor;
  }

  private long integer(String key) {
    return number(key)
        .filter(value -> value == Math.rint(value))
        .map(Double::longValue)
        .orElseThrow(
            () ->
                Broken.CHECKPOINT.because(
                    "a GGUF file without " + architecture + "." + key, "an integer"));
  }

  private Optional<Double> number(String key) {
    return header.values().get(architecture + "." + key) instanceof Double value
        ? Optional.of(value)
        : Optional.empty();
  }

  private Optional<String> text(String key) {
    return header.values().get(key) instanceof String value ? Optional.of(value) : Optional.empty();
  }

  static OpenLedgerException unsupported(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.MODEL_UNSUPPORTED,
        "a GGUF file with " + arrived,
        allowed,
        "fetch the model as a Hugging Face folder");
  }
}
