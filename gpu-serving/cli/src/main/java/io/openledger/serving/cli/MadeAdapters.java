package io.openledger.serving.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * PEFT folders with random weights for a {@link Shape}: strong enough that each changes what the
 * model says. Contents are written once each; further folders link to the same files.
 *
 * @param shape of the base model
 * @param rank of every change
 * @param targets last parts of the linear maps' paths
 */
record MadeAdapters(Shape shape, int rank, List<String> targets) {

  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";

  /** How strong a change is beside the map that it changes. */
  private static final double STRENGTH = 0.5;

  MadeAdapters {
    targets = List.copyOf(targets);
    targets.forEach(shape::outIn);
  }

  /** Bytes of one adapter's weights, 16 bits each. */
  long bytes() {
    return tensors().values().stream().mapToLong(RandomTensors::bytes).sum();
  }

  /** Writes one folder of its own. */
  Path write(Path folder, long seed) throws IOException {
    Files.createDirectories(folder);
    // What is there may be a link to another adapter's files, which are not to be written over.
    Files.deleteIfExists(folder.resolve(CONFIG));
    Files.deleteIfExists(folder.resolve(WEIGHTS));
    Files.writeString(folder.resolve(CONFIG), config().toString());
    new RandomTensors(seed).write(folder.resolve(WEIGHTS), tensors(), this::deviation, bytes -> {});
    return folder;
  }

  /**
   * Writes many.
   *
   * @param count how many folders
   * @param distinct how many different contents; the others are hard links to them
   * @return the folders, numbered from 0
   */
  List<Path> write(Path directory, int count, int distinct, long seed) throws IOException {
    List<Path> folders = new ArrayList<>();
    try (Bar bar = Bar.of("adapters", "", 1, count)) {
      for (int i = 0; i < count; i++) {
        Path folder = directory.resolve(String.format(Locale.ROOT, "adapter-%05d", i));
        if (i < distinct) {
          write(folder, seed + i);
        } else {
          Path source = folders.get(i % distinct);
          Files.createDirectories(folder);
          for (String file : List.of(CONFIG, WEIGHTS)) {
            Files.deleteIfExists(folder.resolve(file));
            Files.createLink(folder.resolve(file), source.resolve(file));
          }
        }
        folders.add(folder);
        bar.step(1);
      }
    }
    return folders;
  }

  /** A before B, as training tools write them. */
  private Map<String, int[]> tensors() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (String target : targets) {
        int[] outIn = shape.outIn(target);
        String name = "base_model.model." + Shape.module(layer, target);
        shapes.put(name + ".lora_A.weight", new int[] {rank, outIn[1]});
        shapes.put(name + ".lora_B.weight", new int[] {outIn[0], rank});
      }
    }
    return shapes;
  }

  private double deviation(String name) {
    if (name.endsWith(".lora_B.weight")) {
      return STRENGTH / Math.sqrt(rank);
    }
    String path = name.substring(0, name.length() - ".lora_A.weight".length());
    return 1 / Math.sqrt(shape.outIn(path.substring(path.lastIndexOf('.') + 1))[1]);
  }

  private JsonObject config() {
    JsonObject config = new JsonObject();
    config.addProperty("peft_type", "LORA");
    config.addProperty("task_type", "CAUSAL_LM");
    config.addProperty("base_model_name_or_path", shape.name());
    config.addProperty("r", rank);
    config.addProperty("lora_alpha", rank);
    config.addProperty("lora_dropout", 0.0);
    config.addProperty("bias", "none");
    JsonArray names = new JsonArray();
    targets.forEach(names::add);
    config.add("target_modules", names);
    return config;
  }
}
