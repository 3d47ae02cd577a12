package io.openledger.serving.graph;

import io.openledger.serving.model.Attention;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import io.openledger.serving.quantize.BlockFormat;
import io.openledger.serving.quantize.QuantizedMap;
import io.openledger.serving.quantize.QuantizedWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Linear maps of one input that are multiplied at once: queries, keys and values. Two of them are
 * so narrow that starting a product takes longer than it does. A column's bits do not depend on how
 * many there are.
 */
public final class MergedMaps {

  /**
   * Maps below each other.
   *
   * @param name of the merged weight, which no checkpoint has
   * @param parts from the first output on, of one format and one width
   */
  public record Merged(String name, List<QuantizedMap> parts) {
    public Merged {
      parts = List.copyOf(parts);
    }

    /** All as one map that begins at the start of a file. */
    public QuantizedMap at(Path file) {
      QuantizedMap first = parts.get(0);
      int out = parts.stream().mapToInt(QuantizedMap::out).sum();
      long codes = parts.stream().mapToLong(QuantizedMap::codesBytes).sum();
      return new QuantizedMap(name, first.format(), out, first.in(), file, 0, codes);
    }
  }

  private MergedMaps() {}

  /** Those of a model that are quantised alike. */
  public static List<Merged> of(ModelConfig config, QuantizedWeights quantized) {
    List<Merged> all = new ArrayList<>();
    if (config.attention() instanceof Attention.Grouped) {
      for (int layer = 0; layer < config.layers(); layer++) {
        List<LinearModule> modules = modules(config, layer);
        Map<String, QuantizedMap> maps = quantized.maps();
        List<QuantizedMap> parts =
            modules.stream()
                .map(module -> maps.get(module.weight()))
                .filter(Objects::nonNull)
                .toList();
        if (parts.size() == modules.size()
            && parts.stream().map(QuantizedMap::format).distinct().count() == 1
            && parts.get(0).format() != BlockFormat.NF4) {
          all.add(new Merged(name(modules), parts));
        }
      }
    }
    return all;
  }

  /** The maps of a layer that may be merged. */
  static List<LinearModule> modules(ModelConfig config, int layer) {
    return List.of(
        config.module(layer, Projection.Q),
        config.module(layer, Projection.K),
        config.module(layer, Projection.V));
  }

  /** What they are called together. */
  static String name(List<LinearModule> modules) {
    return modules.get(0).weight() + ".merged";
  }
}
