package io.openledger.serving;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes small random checkpoints and adapters, with a tokenizer of one token a byte: what proves
 * the engine where no fixtures are.
 */
public final class TinyModel {

  public static final int VOCABULARY = 259;

  private TinyModel() {}

  public static JsonObject config() {
    return JsonParser.parseString(
            """
            {"model_type": "llama", "hidden_size": 32, "intermediate_size": 48,
             "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
             "head_dim": 8, "vocab_size": 259, "max_position_embeddings": 96,
             "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "torch_dtype": "float32",
             "bos_token_id": 256, "eos_token_id": [257], "tie_word_embeddings": false}
            """)
        .getAsJsonObject();
  }

  /** A whole checkpoint. */
  public static Path write(Path folder, JsonObject config, String dtype, long seed)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config.toString());
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
    Files.write(
        folder.resolve("model.safetensors"), TensorFile.bytes(tensors(config, dtype, seed)));
    return folder;
  }

  public static Map<String, Tensor> tensors(JsonObject config, String dtype, long seed) {
    int hidden = config.get("hidden_size").getAsInt();
    int inner = config.get("intermediate_size").getAsInt();
    int head = config.get("head_dim").getAsInt();
    int query = config.get("num_attention_heads").getAsInt() * head;
    int keys = config.get("num_key_value_heads").getAsInt() * head;
    int vocabulary = config.get("vocab_size").getAsInt();
    Random random = new Random(seed);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(ModelConfig.EMBEDDING, random(random, dtype, 0, vocabulary, hidden));
    for (int layer = 0; layer < config.get("num_hidden_layers").getAsInt(); layer++) {
      String at = "model.layers." + layer + ".";
      tensors.put(at + "input_layernorm.weight", random(random, dtype, 1, hidden));
      tensors.put(at + "post_attention_layernorm.weight", random(random, dtype, 1, hidden));
      tensors.put(at + "self_attn.q_proj.weight", random(random, dtype, 0, query, hidden));
      tensors.put(at + "self_attn.k_proj.weight", random(random, dtype, 0, keys, hidden));
      tensors.put(at + "self_attn.v_proj.weight", random(random, dtype, 0, keys, hidden));
      tensors.put(at + "self_attn.o_proj.weight", random(random, dtype, 0, hidden, query));
      tensors.put(at + "mlp.gate_proj.weight", random(random, dtype, 0, inner, hidden));
      tensors.put(at + "mlp.up_proj.weight", random(random, dtype, 0, inner, hidden));
      tensors.put(at + "mlp.down_proj.weight", random(random, dtype, 0, hidden, inner));
    }
    tensors.put(ModelConfig.FINAL_NORM, random(random, dtype, 1, hidden));
    if (!config.get("tie_word_embeddings").getAsBoolean()) {
      tensors.put(ModelConfig.OUTPUT, random(random, dtype, 0, vocabulary, hidden));
    }
    return tensors;
  }

  static Tensor random(Random random, String dtype, float mean, int... shape) {
    long[] dimensions = new long[shape.length];
    int size = 1;
    for (int i = 0; i < shape.length; i++) {
      dimensions[i] = shape[i];
      size *= shape[i];
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      float value = Math.max(-1.5f, Math.min(1.5f, mean + 0.25f * (float) random.nextGaussian()));
      values[i] = TensorFile.stored(dtype, value);
    }
    return new Tensor(dtype, dimensions, values);
  }

  public static JsonObject adapterConfig(int rank) {
    return JsonParser.parseString(
            "{\"peft_type\": \"LORA\", \"task_type\": \"CAUSAL_LM\", \"r\": "
                + rank
                + ", \"lora_alpha\": "
                + 2 * rank
                + ", \"bias\": \"none\", \"target_modules\": [\"q_proj\", \"k_proj\","
                + " \"v_proj\", \"o_proj\", \"gate_proj\", \"up_proj\", \"down_proj\"]}")
        .getAsJsonObject();
  }

  /** An adapter of one rank on every linear map. */
  public static Path writeAdapter(Path folder, Checkpoint base, int rank, long seed)
      throws IOException {
    return writeAdapter(folder, adapterConfig(rank), adapter(base, rank, seed));
  }

  public static Path writeAdapter(Path folder, JsonObject config, Map<String, Tensor> tensors)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("adapter_config.json"), config.toString());
    Files.write(folder.resolve("adapter_model.safetensors"), TensorFile.bytes(tensors));
    return folder;
  }

  public static Map<String, Tensor> adapter(Checkpoint base, int rank, long seed) {
    Random random = new Random(seed);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (LinearModule module : base.config().modules()) {
      String name = "base_model.model." + module.name();
      tensors.put(name + ".lora_A.weight", random(random, "F32", 0, rank, module.in()));
      tensors.put(name + ".lora_B.weight", random(random, "F32", 0, module.out(), rank));
    }
    return tensors;
  }

  /** Byte-level, without merges: token = byte; 256 begins, 257 ends, 258 is {@code <|user|>}. */
  public static String tokenizer() {
    JsonObject vocabulary = new JsonObject();
    int extra = 0;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= 33 && b <= 126 || b >= 161 && b <= 172 || b >= 174;
      vocabulary.addProperty(String.valueOf((char) (printable ? b : 256 + extra++)), b);
    }
    JsonArray added = new JsonArray();
    for (String content : List.of("<s>", "</s>", "<|user|>")) {
      added.add(
          JsonParser.parseString(
              "{\"id\": "
                  + (256 + added.size())
                  + ", \"content\": \""
                  + content
                  + "\", \"single_word\": false, \"lstrip\": false, \"rstrip\": false,"
                  + " \"normalized\": false, \"special\": true}"));
      vocabulary.addProperty(content, 255 + added.size());
    }
    JsonObject root =
        JsonParser.parseString(
                """
                {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false,
                   "trim_offsets": true, "use_regex": true},
                 "post_processor": {"type": "TemplateProcessing",
                   "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}},
                              {"Sequence": {"id": "A", "type_id": 0}}],
                   "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                            {"Sequence": {"id": "B", "type_id": 1}}],
                   "special_tokens": {"<s>": {"id": "<s>", "ids": [256], "tokens": ["<s>"]}}},
                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true,
                   "use_regex": true},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null,
                   "continuing_subword_prefix": null, "end_of_word_suffix": null,
                   "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                   "merges": []}}
                """)
            .getAsJsonObject();
    root.add("added_tokens", added);
    root.getAsJsonObject("model").add("vocab", vocabulary);
    return root.toString();
  }
}
