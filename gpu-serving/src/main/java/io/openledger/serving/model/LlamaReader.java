package io.openledger.serving.model;

import java.util.Collections;
import java.util.List;

/** Llama 2, 3.x and what has their architecture: grouped attention, gated feed-forward. */
final class LlamaReader implements FamilyReader {

  @Override
  public Attention attention(ModelSettings settings, RopeReader rope) {
    settings.refuse("sliding_window");
    boolean biased = settings.flag("attention_bias");
    return new Attention.Grouped(
        settings.heads(),
        settings.kvHeads(),
        settings.headDim(),
        biased,
        biased,
        false,
        Collections.nCopies(settings.layers(), 0));
  }

  @Override
  public List<FeedForward> feedForwards(ModelSettings settings) {
    return Collections.nCopies(
        settings.layers(), new FeedForward.Gated(settings.inner(), settings.flag("mlp_bias")));
  }
}
