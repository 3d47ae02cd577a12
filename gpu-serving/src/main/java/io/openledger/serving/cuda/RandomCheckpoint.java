package io.openledger.serving.cuda;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A checkpoint of random weights in {@code float16}, which a self-test can compute with. It has no
 * tokenizer.
 *
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward part
 * @param layers how many
 * @param heads of the queries, each {@code hidden / heads} wide
 * @param kvHeads of keys and values
 * @param vocabulary tokens
 */
record RandomCheckpoint(
    int hidden, int intermediate, int layers, int heads, int kvHeads, int vocabulary) {

  /** Small enough for the processor to check. */
  static final RandomCheckpoint SMALL = new RandomCheckpoint(512, 1024, 4, 8, 2, 2048);

  /** What half a billion of weights look like. */
  static final RandomCheckpoint HALF_BILLION = new RandomCheckpoint(896, 4864, 24, 14, 2, 151_936);

  private static final int CONTEXT = 2048;

  /** Writes it; the same seed gives the same weights. */
  Path write(Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config().toString());
    Map<String, int[]> tensors = tensors();
    JsonObject header = new JsonObject();
    long offset = 0;
    for (Map.Entry<String, int[]> tensor : tensors.entrySet()) {
      JsonObject entry = new JsonObject();
      JsonArray shape = new JsonArray();
      JsonArray offsets = new JsonArray();
      for (int dimension : tensor.getValue()) {
        shape.add(dimension);
      }
      offsets.add(offset);
      offset += 2L * elements(tensor.getValue());
      offsets.add(offset);
      entry.addProperty("dtype", "F16");
      entry.add("shape", shape);
      entry.add("data_offsets", offsets);
      header.add(tensor.getKey(), entry);
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    try (OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(folder.resolve("model.safetensors")), 1 << 20)) {
      out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
      out.write(text);
      SplittableRandom random = new SplittableRandom(seed);
      for (int[] shape : tensors.values()) {
        weights(out, random, shape);
      }
    }
    return folder;
  }

  private JsonObject config() {
    JsonObject config = new JsonObject();
    config.addProperty("model_type", "llama");
    config.addProperty("hidden_size", hidden);
    config.addProperty("intermediate_size", intermediate);
    config.addProperty("num_hidden_layers", layers);
    config.addProperty("num_attention_heads", heads);
    config.addProperty("num_key_value_heads", kvHeads);
    config.addProperty("head_dim", hidden / heads);
    config.addProperty("vocab_size", vocabulary);
    config.addProperty("max_position_embeddings", CONTEXT);
    config.addProperty("rms_norm_eps", 1e-5);
    config.addProperty("rope_theta", 10_000.0);
    config.addProperty("torch_dtype", "float16");
    config.addProperty("tie_word_embeddings", true);
    return config;
  }

  private Map<String, int[]> tensors() {
    int kv = hidden / heads * kvHeads;
    Map<String, int[]> tensors = new LinkedHashMap<>();
    tensors.put(ModelConfig.EMBEDDING, new int[] {vocabulary, hidden});
    for (int layer = 0; layer < layers; layer++) {
      String at = "model.layers." + layer + ".";
      tensors.put(at + "input_layernorm.weight", new int[] {hidden});
      tensors.put(at + "post_attention_layernorm.weight", new int[] {hidden});
      tensors.put(at + "self_attn.q_proj.weight", new int[] {hidden, hidden});
      tensors.put(at + "self_attn.k_proj.weight", new int[] {kv, hidden});
      tensors.put(at + "self_attn.v_proj.weight", new int[] {kv, hidden});
      tensors.put(at + "self_attn.o_proj.weight", new int[] {hidden, hidden});
      tensors.put(at + "mlp.gate_proj.weight", new int[] {intermediate, hidden});
      tensors.put(at + "mlp.up_proj.weight", new int[] {intermediate, hidden});
      tensors.put(at + "mlp.down_proj.weight", new int[] {hidden, intermediate});
    }
    tensors.put(ModelConfig.FINAL_NORM, new int[] {hidden});
    return tensors;
  }

  private static int elements(int[] shape) {
    return shape.length == 1 ? shape[0] : Math.multiplyExact(shape[0], shape[1]);
  }

  /** Norms near one, matrices so that a product keeps the size of what it is given. */
  private static void weights(OutputStream out, SplittableRandom random, int[] shape)
      throws IOException {
    float mean = shape.length == 1 ? 1 : 0;
    float width = shape.length == 1 ? 0.1f : (float) Math.sqrt(3.0 / shape[1]);
    for (int i = 0; i < elements(shape); i++) {
      // Uniform: variance width² / 3.
      short half = Narrow.half(mean + width * (2 * (random.nextInt() >>> 8) * 0x1p-24f - 1));
      out.write(half);
      out.write(half >>> 8);
    }
  }

  /** An adapter on every linear map that changes what it is given by about a tenth. */
  static AdapterWeights adapter(ModelConfig config, int rank, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Map<Integer, Change> changes = new HashMap<>();
    for (LinearModule module : config.modules()) {
      changes.put(
          module.index(),
          new Change(
              rank,
              uniform(random, rank * module.in(), Math.sqrt(3.0 / module.in())),
              uniform(random, rank * module.out(), 0.1 * Math.sqrt(3.0 / rank))));
    }
    return new AdapterWeights(changes);
  }

  private static float[] uniform(SplittableRandom random, int count, double width) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (width * (2 * random.nextDouble() - 1));
    }
    return values;
  }
}
