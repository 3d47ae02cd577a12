package io.openledger.serving.graph;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a model says that ONNX Runtime saved with its weights packed. */
public final class SavedModel {

  private static final int GRAPH = 7;
  private static final int INITIALIZER = 5;
  private static final int NAME = 8;
  private static final int EXTERNAL = 13;

  private SavedModel() {}

  /**
   * The initializers that are packed.
   *
   * @param model as it was saved
   * @param file in which its external data lies
   * @throws IllegalArgumentException when it is no such model
   */
  public static PackedWeights packed(byte[] model, Path file) {
    Map<String, PackedWeights.Tensor> tensors = new LinkedHashMap<>();
    ProtoReader.read(model)
        .forEach(
            GRAPH,
            graph -> graph.forEach(INITIALIZER, initializer -> add(initializer, file, tensors)));
    return new PackedWeights(tensors);
  }

  private static void add(
      ProtoReader initializer, Path file, Map<String, PackedWeights.Tensor> tensors) {
    Map<String, String> where = new LinkedHashMap<>();
    initializer.forEach(EXTERNAL, entry -> where.put(entry.text(1), entry.text(2)));
    List<String> packed = new ArrayList<>();
    while (where.containsKey(PackedWeights.ENTRY + packed.size())) {
      packed.add(where.get(PackedWeights.ENTRY + packed.size()));
    }
    if (!packed.isEmpty()) {
      tensors.put(
          initializer.text(NAME),
          new PackedWeights.Tensor(file, number(where, "offset"), number(where, "length"), packed));
    }
  }

  private static long number(Map<String, String> where, String key) {
    String value = where.getOrDefault(key, "");
    if (!value.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException(key + " " + value);
    }
    return Long.parseLong(value);
  }
}
