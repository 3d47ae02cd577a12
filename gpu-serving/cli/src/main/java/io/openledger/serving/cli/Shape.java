package io.openledger.serving.cli;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The dimensions of a published model, or of a small one for tests. Only sizes are taken: biases
 * and norms of other families are left out, so that every shape is a Llama.
 *
 * @param name how it is asked for
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward part
 * @param layers how many
 * @param heads of the queries
 * @param kvHeads of keys and values
 * @param headDim width of a head
 * @param vocabulary rows of the embedding
 * @param tied whether the output matrix is the embedding
 * @param context the longest prompt and answer, in tokens
 * @param theta the base of the rotary embedding
 */
record Shape(
    String name,
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    int vocabulary,
    boolean tied,
    int context,
    double theta) {

  /** Those that can be asked for, by name; dimensions from each model's published config.json. */
  static final Map<String, Shape> ALL =
      List.of(
              new Shape("tiny", 64, 128, 2, 4, 2, 16, 512, false, 256, 10_000),
              new Shape("smollm2-135m", 576, 1536, 30, 9, 3, 64, 49152, true, 8192, 100_000),
              new Shape("qwen2.5-0.5b", 896, 4864, 24, 14, 2, 64, 151936, true, 32768, 1e6),
              new Shape("tinyllama-1.1b", 2048, 5632, 22, 32, 4, 64, 32000, false, 2048, 10_000),
              new Shape("llama-3.2-1b", 2048, 8192, 16, 32, 8, 64, 128256, true, 131072, 500_000),
              new Shape("llama-3.2-3b", 3072, 8192, 28, 24, 8, 128, 128256, true, 131072, 500_000),
              new Shape("llama-3.1-8b", 4096, 14336, 32, 32, 8, 128, 128256, false, 131072, 5e5))
          .stream()
          .collect(
              Collectors.toMap(Shape::name, Function.identity(), (a, b) -> a, LinkedHashMap::new));

  /** What {@code --shape} offers. */
  static final class Names implements Iterable<String> {
    @Override
    public java.util.Iterator<String> iterator() {
      return ALL.keySet().iterator();
    }
  }

  /** Widths of a linear map, by the last part of its path. */
  int[] outIn(String projection) {
    int query = heads * headDim;
    int keys = kvHeads * headDim;
    return switch (projection) {
      case "q_proj" -> new int[] {query, hidden};
      case "k_proj", "v_proj" -> new int[] {keys, hidden};
      case "o_proj" -> new int[] {hidden, query};
      case "gate_proj", "up_proj" -> new int[] {intermediate, hidden};
      case "down_proj" -> new int[] {hidden, intermediate};
      default -> throw new IllegalArgumentException("no linear map " + projection);
    };
  }

  /** Every tensor of a checkpoint with its shape, in the order in which a decoder uses them. */
  Map<String, int[]> tensors() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("model.embed_tokens.weight", new int[] {vocabulary, hidden});
    for (int layer = 0; layer < layers; layer++) {
      String at = "model.layers." + layer + ".";
      shapes.put(at + "input_layernorm.weight", new int[] {hidden});
      for (String projection : ATTENTION) {
        shapes.put(at + "self_attn." + projection + ".weight", outIn(projection));
      }
      shapes.put(at + "post_attention_layernorm.weight", new int[] {hidden});
      for (String projection : FEED_FORWARD) {
        shapes.put(at + "mlp." + projection + ".weight", outIn(projection));
      }
    }
    shapes.put("model.norm.weight", new int[] {hidden});
    if (!tied) {
      shapes.put("lm_head.weight", new int[] {vocabulary, hidden});
    }
    return shapes;
  }

  static final List<String> ATTENTION = List.of("q_proj", "k_proj", "v_proj", "o_proj");
  static final List<String> FEED_FORWARD = List.of("gate_proj", "up_proj", "down_proj");

  /** {@code model.layers.3.self_attn.q_proj}. */
  static String module(int layer, String projection) {
    String part = ATTENTION.contains(projection) ? "self_attn." : "mlp.";
    return "model.layers." + layer + "." + part + projection;
  }

  /** How many weights are read for each token: the linear maps and the output matrix. */
  long weightsRead() {
    long all = (long) vocabulary * hidden;
    for (String projection : ATTENTION) {
      all += (long) layers * outIn(projection)[0] * outIn(projection)[1];
    }
    for (String projection : FEED_FORWARD) {
      all += (long) layers * outIn(projection)[0] * outIn(projection)[1];
    }
    return all;
  }

  /** Bytes of all tensors in a checkpoint of 16 bits. */
  long storedBytes() {
    return tensors().values().stream().mapToLong(RandomTensors::bytes).sum();
  }

  /** {@code config.json}. No end token: what is measured is to end where it is told to. */
  JsonObject config() {
    JsonObject config = new JsonObject();
    config.addProperty("model_type", "llama");
    config.addProperty("hidden_size", hidden);
    config.addProperty("intermediate_size", intermediate);
    config.addProperty("num_hidden_layers", layers);
    config.addProperty("num_attention_heads", heads);
    config.addProperty("num_key_value_heads", kvHeads);
    config.addProperty("head_dim", headDim);
    config.addProperty("hidden_act", "silu");
    config.addProperty("vocab_size", vocabulary);
    config.addProperty("max_position_embeddings", context);
    config.addProperty("rms_norm_eps", 1e-5);
    config.addProperty("rope_theta", theta);
    config.addProperty("torch_dtype", "bfloat16");
    config.addProperty("bos_token_id", MadeTokenizer.begin(vocabulary));
    config.addProperty("tie_word_embeddings", tied);
    return config;
  }

  /** Of a checkpoint that {@code make} wrote. */
  static Shape of(JsonObject config, String name) {
    return new Shape(
        name,
        config.get("hidden_size").getAsInt(),
        config.get("intermediate_size").getAsInt(),
        config.get("num_hidden_layers").getAsInt(),
        config.get("num_attention_heads").getAsInt(),
        config.get("num_key_value_heads").getAsInt(),
        config.get("head_dim").getAsInt(),
        config.get("vocab_size").getAsInt(),
        config.get("tie_word_embeddings").getAsBoolean(),
        config.get("max_position_embeddings").getAsInt(),
        config.get("rope_theta").getAsDouble());
  }

  static Shape named(String name) {
    Shape shape = ALL.get(name.toLowerCase(Locale.ROOT));
    if (shape == null) {
      throw new IllegalArgumentException(
          "--shape " + name + "; allowed: " + String.join(", ", ALL.keySet()));
    }
    return shape;
  }
}
