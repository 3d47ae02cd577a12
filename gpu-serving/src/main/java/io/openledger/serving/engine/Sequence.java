package io.openledger.serving.engine;

import io.openledger.api.model.FinishReason;
import io.openledger.serving.adapter.SlotPool;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** One request on its way through the scheduler. Owned by the scheduler's thread once admitted. */
final class Sequence {

  private static final int[] BASE = new int[0];

  final TokenRequest request;
  final TokenStream stream;
  private final Sampler sampler;
  private SlotPool.@Nullable Slot slot;
  private int length;
  private int last;
  private int generated;

  Sequence(TokenRequest request, TokenStream stream) {
    this.request = request;
    this.stream = stream;
    this.sampler = new Sampler(request.options(), request.seed());
  }

  /** Puts it on a resident adapter. */
  void pin(SlotPool.Slot resident) {
    slot = resident;
  }

  /** Lets go of the adapter. */
  void release(SlotPool pool) {
    if (slot != null) {
      pool.release(slot);
      slot = null;
    }
  }

  int[] ranks() {
    return slot == null ? BASE : slot.ranks();
  }

  /** Tokens in the cache. */
  int length() {
    return length;
  }

  /** The token that the next step reads. */
  int last() {
    return last;
  }

  /** The cache has so many tokens more. */
  void read(int tokens) {
    length += tokens;
  }

  /**
   * Takes the next token from its logits and hands it over.
   *
   * @return why the sequence ends here; null: it goes on
   */
  @Nullable FinishReason take(FloatBuffer logits, int offset, int vocabulary, int context) {
    int token = sampler.next(logits, offset, vocabulary);
    if (request.ends().contains(token)) {
      return FinishReason.STOP;
    }
    last = token;
    generated++;
    stream.push(new TokenStream.Token(token));
    // The token is not in the cache yet, but counts as part of the context.
    return generated >= request.options().maxTokens() || length + 1 >= context
        ? FinishReason.LENGTH
        : null;
  }
}
