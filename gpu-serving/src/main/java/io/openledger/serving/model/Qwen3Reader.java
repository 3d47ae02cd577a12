package io.openledger.serving.model;

import java.util.Collections;
import java.util.List;

/** Qwen3: as Qwen2, with normed heads of queries and keys, and biases only if it says so. */
final class Qwen3Reader implements FamilyReader {

  /** Not the hidden width over the heads, as elsewhere. */
  private static final int HEAD_DIM = 128;

  @Override
  public Attention attention(ModelSettings settings, RopeReader rope) {
    boolean biased = settings.flag("attention_bias");
    return new Attention.Grouped(
        settings.heads(),
        settings.kvHeads(),
        settings.json().get("head_dim").isPresent() ? settings.headDim() : HEAD_DIM,
        biased,
        biased,
        true,
        Qwen2Reader.windows(settings));
  }

  @Override
  public List<FeedForward> feedForwards(ModelSettings settings) {
    return Collections.nCopies(settings.layers(), new FeedForward.Gated(settings.inner(), false));
  }
}
