package io.openledger.serving.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Qwen2 and Qwen2.5: as Llama, with biases on queries, keys and values; a sliding window over the
 * layers from {@code max_window_layers} on, or as {@code layer_types} says, if {@code
 * use_sliding_window} is true.
 */
final class Qwen2Reader implements FamilyReader {

  /** Layers without a window where it is not stated, as in the reference library. */
  private static final int WHOLE_LAYERS = 28;

  /** The window where it is asked for and not stated; stated as null it is none. */
  private static final int WINDOW = 4096;

  @Override
  public Attention attention(ModelSettings settings, RopeReader rope) {
    return new Attention.Grouped(
        settings.heads(),
        settings.kvHeads(),
        settings.headDim(),
        true,
        false,
        false,
        windows(settings));
  }

  @Override
  public List<FeedForward> feedForwards(ModelSettings settings) {
    return Collections.nCopies(settings.layers(), new FeedForward.Gated(settings.inner(), false));
  }

  static List<Integer> windows(ModelSettings settings) {
    JsonFile json = settings.json();
    int layers = settings.layers();
    int window =
        settings.flag("use_sliding_window")
            ? settings.states("sliding_window")
                ? json.integer("sliding_window", 1, 1 << 24).orElse(0)
                : WINDOW
            : 0;
    int first = json.integer("max_window_layers", 0, 1 << 20).orElse(WHOLE_LAYERS);
    Optional<List<String>> types = json.texts("layer_types");
    if (types.isPresent() && types.get().size() != layers) {
      throw ModelSettings.broken(
          types.get().size() + " layer_types", layers + ", one for each layer");
    }
    List<Integer> windows = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      windows.add(
          types.isPresent() ? typed(types.get().get(layer), window) : layer >= first ? window : 0);
    }
    return windows;
  }

  private static int typed(String type, int window) {
    if (type.equals("full_attention")) {
      return 0;
    }
    if (!type.equals("sliding_attention") || window == 0) {
      throw ModelSettings.unsupported(
          "layer_types with " + type, "full_attention; with a window also sliding_attention");
    }
    return window;
  }
}
