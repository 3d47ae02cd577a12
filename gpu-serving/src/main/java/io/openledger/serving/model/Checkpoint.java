package io.openledger.serving.model;

import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A validated Hugging Face folder: every tensor that the model needs is there once, with its shape.
 *
 * @param folder where it lies
 * @param config what it is
 * @param tensors those that the model needs, by name
 * @param digest SHA-256 over {@code config.json} and the weights' files
 * @param weightBytes of the tensors, as stored
 */
public record Checkpoint(
    Path folder,
    ModelConfig config,
    Map<String, TensorRef> tensors,
    Hash256 digest,
    long weightBytes) {

  private static final String SINGLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final long INDEX_LIMIT = 64 << 20;
  private static final Pattern IN_LAYER = Pattern.compile("model\\.layers\\.([0-9]{1,6})\\..*");

  public Checkpoint {
    tensors = Map.copyOf(tensors);
  }

  /**
   * Reads and validates settings and headers; of the weights only their digest is taken.
   *
   * @throws OpenLedgerException {@link ErrorCode#CHECKPOINT_MISSING}, {@link
   *     ErrorCode#CHECKPOINT_BROKEN}, {@link ErrorCode#MODEL_UNSUPPORTED}
   */
  public static Checkpoint open(Path folder) {
    ModelConfig config = config(folder);
    List<Path> files = new ArrayList<>();
    Map<String, TensorRef> found = weights(folder, files);
    Map<String, TensorRef> tensors = new HashMap<>();
    config.tensors().forEach((name, shape) -> tensors.put(name, checked(found, name, shape)));
    refuseOthers(config, found, tensors);
    files.add(0, folder.resolve("config.json"));
    return new Checkpoint(
        folder,
        config,
        tensors,
        Digests.of(files, Broken.CHECKPOINT),
        tensors.values().stream().mapToLong(TensorRef::bytes).sum());
  }

  /** What a folder's settings say, whether or not its weights are there. */
  public static ModelConfig config(Path folder) {
    require(folder, "config.json");
    return ConfigReader.read(folder);
  }

  /**
   * A tensor within the model's layers that its settings do not account for, such as a bias, would
   * be left out of every sum in silence. Tables of frequencies, which older libraries stored, say
   * nothing; layers beyond the last predict further tokens.
   */
  private static void refuseOthers(
      ModelConfig config, Map<String, TensorRef> found, Map<String, TensorRef> known) {
    for (String name : found.keySet()) {
      Matcher inLayer = IN_LAYER.matcher(name);
      if (!known.containsKey(name)
          && inLayer.matches()
          && Integer.parseInt(inLayer.group(1)) < config.layers()
          && !name.endsWith(".rotary_emb.inv_freq")) {
        throw Broken.CHECKPOINT.because(
            found.get(name).file().getFileName() + ": tensor " + name,
            "only those that config.json accounts for");
      }
    }
  }

  private static TensorRef checked(Map<String, TensorRef> found, String name, List<Long> shape) {
    TensorRef tensor = found.get(name);
    if (tensor == null) {
      throw Broken.CHECKPOINT.because("tensor " + name + " is missing", name + shape);
    }
    if (!tensor.shape().equals(shape)) {
      throw Broken.CHECKPOINT.because(
          tensor.file().getFileName() + ": tensor " + name + " has shape " + tensor.shape(),
          shape.toString());
    }
    return tensor;
  }

  private static Map<String, TensorRef> weights(Path folder, List<Path> files) {
    if (Files.exists(folder.resolve(INDEX))) {
      return shards(folder, files);
    }
    require(folder, SINGLE);
    files.add(folder.resolve(SINGLE));
    return Safetensors.read(folder.resolve(SINGLE), Broken.CHECKPOINT);
  }

  private static Map<String, TensorRef> shards(Path folder, List<Path> files) {
    JsonFile map =
        JsonFile.read(folder.resolve(INDEX), INDEX_LIMIT, Broken.CHECKPOINT)
            .object("weight_map")
            .orElseThrow(() -> Broken.CHECKPOINT.because(INDEX + " has no weight_map", "one"));
    Map<String, String> shardOf = new HashMap<>();
    for (String name : map.keys()) {
      shardOf.put(name, shard(name, map.get(name).orElse(null)));
    }
    Map<String, TensorRef> tensors = new HashMap<>();
    for (String shard : new TreeSet<>(shardOf.values())) {
      require(folder, shard);
      files.add(folder.resolve(shard));
      Safetensors.read(folder.resolve(shard), Broken.CHECKPOINT)
          .forEach(
              (name, tensor) -> {
                if (!shard.equals(shardOf.get(name))) {
                  throw Broken.CHECKPOINT.because(
                      shard + ": tensor " + name, INDEX + " says " + shardOf.get(name));
                }
                tensors.put(name, tensor);
              });
    }
    return tensors;
  }

  /** A shard lies in the folder itself: an index must not lead anywhere else. */
  private static String shard(String tensor, @Nullable JsonElement value) {
    if (value instanceof JsonPrimitive text
        && text.isString()
        && text.getAsString().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,200}\\.safetensors")) {
      return text.getAsString();
    }
    throw Broken.CHECKPOINT.because(
        INDEX + " maps " + tensor + " to " + value, "the name of a .safetensors file beside it");
  }

  private static void require(Path folder, String file) {
    if (!Files.isRegularFile(folder.resolve(file))) {
      throw new OpenLedgerException(
          ErrorCode.CHECKPOINT_MISSING,
          folder + " has no file " + file,
          "a Hugging Face folder with config.json, *.safetensors and tokenizer.json",
          "correct the folder or fetch the missing file");
    }
  }
}
