package io.openledger.serving.quantize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which linear maps of a checkpoint are quantised, and where they lie.
 *
 * @param maps by the name of the weight in the checkpoint; what is not here is used as stored
 */
public record QuantizedWeights(Map<String, QuantizedMap> maps) {

  /** All as stored. */
  public static final QuantizedWeights NONE = new QuantizedWeights(Map.of());

  public QuantizedWeights {
    maps = Map.copyOf(maps);
  }

  static QuantizedWeights of(List<QuantizedMap> maps) {
    Map<String, QuantizedMap> byName = new LinkedHashMap<>();
    maps.forEach(map -> byName.put(map.name(), map));
    return new QuantizedWeights(byName);
  }

  /** Bytes of codes and scales. */
  public long bytes() {
    return maps.values().stream().mapToLong(map -> map.codesBytes() + map.scalesBytes()).sum();
  }

  /**
   * Whether products must be computed by one thread. Those over quantiles are multiplied unpacked,
   * and then the order of a sum depends on how the columns are shared out, hence on the rows.
   */
  public boolean needsOneThread() {
    return maps.values().stream().anyMatch(map -> map.format() == BlockFormat.NF4);
  }
}
