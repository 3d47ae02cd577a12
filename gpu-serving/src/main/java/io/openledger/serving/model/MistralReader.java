package io.openledger.serving.model;

import java.util.Collections;
import java.util.List;

/**
 * Mistral: as Llama, with a sliding window over all layers unless it is null; never a bias. A
 * window that is not stated at all is the reference library's.
 */
final class MistralReader implements FamilyReader {

  private static final int WINDOW = 4096;

  @Override
  public Attention attention(ModelSettings settings, RopeReader rope) {
    int window =
        settings.states("sliding_window")
            ? settings.json().integer("sliding_window", 1, 1 << 24).orElse(0)
            : WINDOW;
    return new Attention.Grouped(
        settings.heads(),
        settings.kvHeads(),
        settings.headDim(),
        false,
        false,
        false,
        Collections.nCopies(settings.layers(), window));
  }

  @Override
  public List<FeedForward> feedForwards(ModelSettings settings) {
    return Collections.nCopies(settings.layers(), new FeedForward.Gated(settings.inner(), false));
  }
}
