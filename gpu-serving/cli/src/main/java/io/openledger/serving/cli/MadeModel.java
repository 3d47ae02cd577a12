package io.openledger.serving.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.OpenLedgerException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A checkpoint of a {@link Shape} with random weights in Hugging Face's layout: what an engine's
 * speed and memory are measured with. Its text means nothing.
 */
final class MadeModel {

  /** Turns as {@code <|start_header_id|>role<|end_header_id|>\n\ncontent<|eot_id|>}. */
  private static final String TEMPLATE =
      "{{ bos_token }}{% for message in messages %}<|start_header_id|>{{ message['role'] }}"
          + "<|end_header_id|>\n\n{{ message['content'] }}<|eot_id|>{% endfor %}"
          + "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n"
          + "{% endif %}";

  private static final String INDEX = "model.safetensors.index.json";

  private MadeModel() {}

  /**
   * Writes one.
   *
   * @param shardBytes weights beyond that size are split over several files
   */
  static void write(Path folder, Shape shape, long seed, long shardBytes) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), shape.config().toString());
    JsonObject settings = new JsonObject();
    settings.addProperty("bos_token", MadeTokenizer.SPECIAL.get(0));
    settings.addProperty("eos_token", MadeTokenizer.SPECIAL.get(1));
    settings.addProperty("chat_template", TEMPLATE);
    Files.writeString(folder.resolve("tokenizer_config.json"), settings.toString());
    try (Writer tokenizer = Files.newBufferedWriter(folder.resolve("tokenizer.json"))) {
      new MadeTokenizer(shape.vocabulary()).write(tokenizer);
    }
    Map<String, int[]> tensors = shape.tensors();
    long total = tensors.values().stream().mapToLong(RandomTensors::bytes).sum();
    List<Map<String, int[]>> shards = shards(tensors, shardBytes);
    RandomTensors random = new RandomTensors(seed);
    JsonObject places = new JsonObject();
    try (Bar bar = Bar.of("weights of " + shape.name(), "MiB", 1 << 20, total)) {
      for (int i = 0; i < shards.size(); i++) {
        String file =
            shards.size() == 1
                ? "model.safetensors"
                : String.format(
                    Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
        shards.get(i).keySet().forEach(name -> places.addProperty(name, file));
        random.write(
            folder.resolve(file), shards.get(i), name -> deviation(tensors, name), bar::step);
      }
    }
    if (shards.size() > 1) {
      JsonObject index = new JsonObject();
      index.add("metadata", new JsonObject());
      index.getAsJsonObject("metadata").addProperty("total_size", total);
      index.add("weight_map", places);
      Files.writeString(folder.resolve(INDEX), index.toString());
    }
  }

  /** So that what goes in with variance 1 comes out with variance 1; norms are ones. */
  private static double deviation(Map<String, int[]> tensors, String name) {
    int[] shape = tensors.get(name);
    return shape == null || shape.length == 1 ? 0 : 1 / Math.sqrt(shape[1]);
  }

  private static List<Map<String, int[]>> shards(Map<String, int[]> tensors, long most) {
    List<Map<String, int[]>> shards = new ArrayList<>(List.of(new LinkedHashMap<>()));
    long bytes = 0;
    for (Map.Entry<String, int[]> tensor : tensors.entrySet()) {
      long more = RandomTensors.bytes(tensor.getValue());
      if (bytes > 0 && bytes + more > most) {
        shards.add(new LinkedHashMap<>());
        bytes = 0;
      }
      shards.get(shards.size() - 1).put(tensor.getKey(), tensor.getValue());
      bytes += more;
    }
    return shards;
  }

  /**
   * The shape of a checkpoint that was written here.
   *
   * @throws OpenLedgerException for any other
   */
  static Shape shapeOf(Path folder) throws IOException {
    String json = Files.readString(folder.resolve("config.json"));
    try {
      return Shape.of(
          JsonParser.parseString(json).getAsJsonObject(), String.valueOf(folder.getFileName()));
    } catch (RuntimeException e) {
      // A value that is missing, or of another kind.
      throw OpenLedgerException.invalid(
          "checkpoint", folder + ", whose config.json is another's", "a folder that make wrote");
    }
  }
}
