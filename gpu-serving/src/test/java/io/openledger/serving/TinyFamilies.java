package io.openledger.serving;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.serving.TensorFile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes small random checkpoints of every family. Names and shapes of tensors are spelled out here
 * once more, from the settings alone, so that a wrong one in the code under test is missing here.
 */
public final class TinyFamilies {

  private static final JsonObject LATENT =
      json(
          """
          {"num_key_value_heads": 4, "head_dim": null, "kv_lora_rank": 24, "q_lora_rank": null,
           "qk_nope_head_dim": 12, "qk_rope_head_dim": 8, "v_head_dim": 16,
           "num_hidden_layers": 3, "first_k_dense_replace": 1, "moe_intermediate_size": 20,
           "n_routed_experts": 6, "n_shared_experts": 2, "num_experts_per_tok": 3}
          """);

  /** What is tested: the settings that differ from {@link TinyModel#config()}, by claim. */
  public enum Kind {
    LLAMA_BIASED("{'attention_bias': true, 'mlp_bias': true}"),
    LLAMA_YARN(
        "{'rope_scaling': {'rope_type': 'yarn', 'factor': 4.0, 'beta_fast': 8,"
            + " 'original_max_position_embeddings': 24}, 'rope_theta': 200.0}"),
    LLAMA_DYNAMIC_BEYOND_ITS_CONTEXT(
        "{'rope_scaling': {'type': 'dynamic', 'factor': 4.0}, 'max_position_embeddings': 24}"),
    MISTRAL_WINDOW_BELOW_THE_PROMPT(
        "{'model_type': 'mistral', 'sliding_window': 5, 'num_key_value_heads': 1}"),
    MISTRAL_WHOLE("{'model_type': 'mistral', 'sliding_window': null, 'head_dim': 16}"),
    QWEN2("{'model_type': 'qwen2', 'num_attention_heads': 6, 'sliding_window': 4}"),
    QWEN2_WINDOW_FROM_A_LAYER_ON(
        "{'model_type': 'qwen2', 'num_hidden_layers': 3, 'use_sliding_window': true,"
            + " 'sliding_window': 7, 'max_window_layers': 2}"),
    QWEN3_TIED("{'model_type': 'qwen3', 'tie_word_embeddings': true, 'head_dim': 16}"),
    QWEN3_BIASED_WINDOW_BY_LAYER(
        "{'model_type': 'qwen3', 'num_key_value_heads': 1, 'attention_bias': true,"
            + " 'use_sliding_window': true, 'sliding_window': 9,"
            + " 'layer_types': ['sliding_attention', 'full_attention']}"),
    DEEPSEEK2_GREEDY_WIDE_VALUES(
        "{'model_type': 'deepseek_v2', 'q_lora_rank': 12, 'qk_nope_head_dim': 8,"
            + " 'v_head_dim': 24, 'topk_method': 'greedy', 'n_shared_experts': null,"
            + " 'scoring_func': 'softmax'}"),
    DEEPSEEK2_GROUPS_FULL_QUERIES_YARN(
        "{'model_type': 'deepseek_v2', 'topk_method': 'group_limited_greedy', 'n_group': 3,"
            + " 'topk_group': 2, 'routed_scaling_factor': 2.5, 'rope_scaling': {'type': 'yarn',"
            + " 'factor': 4, 'original_max_position_embeddings': 24, 'mscale': 0.7,"
            + " 'mscale_all_dim': 0.7}}"),
    DEEPSEEK3_GROUPS_HALVES_BIASED(
        "{'model_type': 'deepseek_v3', 'q_lora_rank': 16, 'n_routed_experts': 16, 'n_group': 4,"
            + " 'num_experts_per_tok': 6,"
            + " 'topk_group': 2, 'norm_topk_prob': true, 'routed_scaling_factor': 1.5,"
            + " 'attention_bias': true, 'rope_interleave': false, 'first_k_dense_replace': 2}"),
    DEEPSEEK3_ONE_GROUP_YARN(
        "{'model_type': 'deepseek_v3', 'n_group': 1, 'topk_group': 1, 'norm_topk_prob': false,"
            + " 'n_routed_experts': 16, 'num_experts_per_tok': 7, 'routed_scaling_factor': 1.0,"
            + " 'first_k_dense_replace': 0, 'num_hidden_layers': 2, 'rope_parameters': {"
            + " 'rope_type': 'yarn', 'rope_theta': 500.0, 'factor': 4, 'mscale': 1.0,"
            + " 'mscale_all_dim': 0.5, 'original_max_position_embeddings': 24}}"),
    DEEPSEEK3_DENSE("{'model_type': 'deepseek_v3', 'n_routed_experts': null}");

    private final String changes;

    Kind(String changes) {
      this.changes = changes.replace('\'', '"');
    }

    /** The whole of {@code config.json}. */
    public JsonObject config() {
      JsonObject config = TinyModel.config();
      JsonObject own = json(changes);
      if (changes.contains("deepseek")) {
        LATENT.asMap().forEach(config::add);
      }
      own.asMap().forEach(config::add);
      return config;
    }
  }

  private TinyFamilies() {}

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  /** A whole checkpoint in one file. */
  public static Path write(Path folder, JsonObject config, String dtype, long seed)
      throws IOException {
    described(folder, config);
    Files.write(
        folder.resolve("model.safetensors"), TensorFile.bytes(tensors(config, dtype, seed)));
    return folder;
  }

  /** The same checkpoint in several files with an index. */
  public static Path writeShards(
      Path folder, JsonObject config, String dtype, long seed, int shards) throws IOException {
    described(folder, config);
    List<Map<String, Tensor>> files = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      files.add(new LinkedHashMap<>());
    }
    JsonObject map = new JsonObject();
    tensors(config, dtype, seed)
        .forEach(
            (name, tensor) -> {
              int file = map.size() % shards;
              files.get(file).put(name, tensor);
              map.addProperty(name, shard(file, shards));
            });
    for (int i = 0; i < shards; i++) {
      Files.write(folder.resolve(shard(i, shards)), TensorFile.bytes(files.get(i)));
    }
    JsonObject index = new JsonObject();
    index.add("weight_map", map);
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
    return folder;
  }

  private static String shard(int file, int shards) {
    return "model-%05d-of-%05d.safetensors".formatted(file + 1, shards);
  }

  private static void described(Path folder, JsonObject config) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config.toString());
    Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer());
  }

  /** All tensors, in a fixed order for a seed. */
  public static Map<String, Tensor> tensors(JsonObject config, String dtype, long seed) {
    return new Maker(config, dtype, seed).all();
  }

  private static final class Maker {

    private final JsonObject config;
    private final String dtype;
    private final Random random;
    private final String family;
    private final int hidden;
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    Maker(JsonObject config, String dtype, long seed) {
      this.config = config;
      this.dtype = dtype;
      this.random = new Random(seed);
      this.family = config.get("model_type").getAsString();
      this.hidden = integer("hidden_size");
    }

    private int integer(String key) {
      JsonElement value = config.get(key);
      return value == null || value.isJsonNull() ? 0 : value.getAsInt();
    }

    private boolean flag(String key) {
      return config.has(key) && config.get(key).getAsBoolean();
    }

    Map<String, Tensor> all() {
      matrix("model.embed_tokens", integer("vocab_size"), hidden);
      for (int layer = 0; layer < integer("num_hidden_layers"); layer++) {
        String at = "model.layers." + layer + ".";
        norm(at + "input_layernorm", hidden);
        norm(at + "post_attention_layernorm", hidden);
        if (family.startsWith("deepseek")) {
          latent(at + "self_attn.");
        } else {
          grouped(at + "self_attn.");
        }
        if (integer("n_routed_experts") > 0 && layer >= integer("first_k_dense_replace")) {
          experts(at + "mlp.");
        } else {
          gated(at + "mlp.", integer("intermediate_size"), flag("mlp_bias"));
        }
      }
      norm("model.norm", hidden);
      if (!flag("tie_word_embeddings")) {
        matrix("lm_head", integer("vocab_size"), hidden);
      }
      return tensors;
    }

    private void grouped(String at) {
      int head = integer("head_dim");
      int query = integer("num_attention_heads") * head;
      int keys = integer("num_key_value_heads") * head;
      boolean biased = family.equals("qwen2") || flag("attention_bias");
      linear(at + "q_proj", query, hidden, biased);
      linear(at + "k_proj", keys, hidden, biased);
      linear(at + "v_proj", keys, hidden, biased);
      linear(at + "o_proj", hidden, query, flag("attention_bias"));
      if (family.equals("qwen3")) {
        norm(at + "q_norm", head);
        norm(at + "k_norm", head);
      }
    }

    private void latent(String at) {
      int heads = integer("num_attention_heads");
      int plain = integer("qk_nope_head_dim");
      int rotated = integer("qk_rope_head_dim");
      int value = integer("v_head_dim");
      int rank = integer("kv_lora_rank");
      boolean biased = flag("attention_bias");
      int queryRank = integer("q_lora_rank");
      if (queryRank > 0) {
        linear(at + "q_a_proj", queryRank, hidden, biased);
        norm(at + "q_a_layernorm", queryRank);
        matrix(at + "q_b_proj", heads * (plain + rotated), queryRank);
      } else {
        matrix(at + "q_proj", heads * (plain + rotated), hidden);
      }
      linear(at + "kv_a_proj_with_mqa", rank + rotated, hidden, biased);
      norm(at + "kv_a_layernorm", rank);
      matrix(at + "kv_b_proj", heads * (plain + value), rank);
      linear(at + "o_proj", hidden, heads * value, biased);
    }

    private void experts(String at) {
      int inner = integer("moe_intermediate_size");
      matrix(at + "gate", integer("n_routed_experts"), hidden);
      if (family.equals("deepseek_v3")) {
        // In 32 bits whatever the rest is, and large enough to change choices.
        tensors.put(
            at + "gate.e_score_correction_bias",
            TinyModel.random(random, "F32", 0, integer("n_routed_experts")));
      }
      for (int expert = 0; expert < integer("n_routed_experts"); expert++) {
        gated(at + "experts." + expert + ".", inner, false);
      }
      if (integer("n_shared_experts") > 0) {
        gated(at + "shared_experts.", inner * integer("n_shared_experts"), false);
      }
    }

    private void gated(String at, int inner, boolean biased) {
      linear(at + "gate_proj", inner, hidden, biased);
      linear(at + "up_proj", inner, hidden, biased);
      linear(at + "down_proj", hidden, inner, biased);
    }

    private void linear(String name, int out, int in, boolean biased) {
      matrix(name, out, in);
      if (biased) {
        tensors.put(name + ".bias", TinyModel.random(random, dtype, 0, out));
      }
    }

    private void matrix(String name, int out, int in) {
      tensors.put(name + ".weight", TinyModel.random(random, dtype, 0, out, in));
    }

    private void norm(String name, int width) {
      tensors.put(name + ".weight", TinyModel.random(random, dtype, 1, width));
    }
  }
}
