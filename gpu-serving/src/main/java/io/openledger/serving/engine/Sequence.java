package io.openledger.serving.engine;

import io.openledger.api.model.FinishReason;
import io.openledger.serving.adapter.SlotPool;
import io.openledger.serving.constraint.Constraint;
import java.nio.FloatBuffer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One request on its way through the scheduler. Owned by the scheduler's thread once admitted. */
final class Sequence {

  private static final int[] BASE = new int[0];

  /** How many logits of a prompt are held at once: 16 MiB of them. */
  private static final int SCORED = 4 << 20;

  final TokenRequest request;
  final TokenStream stream;
  private final Sampler sampler;
  private final boolean scored;
  private SlotPool.@Nullable Slot slot;
  private int length;
  private int last;
  private int generated;
  private int state;

  Sequence(TokenRequest request, TokenStream stream) {
    this.request = request;
    this.stream = stream;
    this.sampler = new Sampler(request.options(), request.prompt(), request.seed());
    this.scored = request.options().logProbabilities().isPresent();
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
   * How many tokens of the prompt may be read at once: their logits are held together, where they
   * are scored.
   */
  int piece(int most, int vocabulary) {
    return request.echo() ? Math.max(1, Math.min(most, SCORED / vocabulary)) : most;
  }

  /** Whose logits are wanted of a piece of the prompt, counted from its first token. */
  long[] positions(int tokens) {
    return request.echo() ? LongStream.range(0, tokens).toArray() : new long[] {tokens - 1};
  }

  /**
   * Scores the prompt's tokens that a piece foretells; call it after {@link #read}.
   *
   * @param logits of {@link #positions}
   * @return where the logits of the piece's last token begin
   */
  int prompted(FloatBuffer logits, int tokens, int vocabulary, Workspace workspace) {
    if (!request.echo()) {
      return 0;
    }
    int[] prompt = request.prompt();
    int from = length - tokens;
    if (from == 0) {
      stream.push(new TokenStream.Prompted(Likelihood.FIRST));
    }
    for (int i = 0; i < tokens && from + i + 1 < prompt.length; i++) {
      float[] each = workspace.read(logits, i * vocabulary, vocabulary);
      float logit = each[prompt[from + i + 1]];
      stream.push(new TokenStream.Prompted(softmax(each, vocabulary, workspace).at(logit)));
    }
    return (tokens - 1) * vocabulary;
  }

  private Likelihood.Softmax softmax(float[] logits, int vocabulary, Workspace workspace) {
    int most = request.options().logProbabilities().orElse(0);
    return Likelihood.Softmax.of(logits, vocabulary, most, workspace);
  }

  /** How many tokens were handed over. */
  int generated() {
    return generated;
  }

  /**
   * Takes the next token from its logits and hands it over.
   *
   * @return why the sequence ends here; null: it goes on
   */
  @Nullable FinishReason take(
      FloatBuffer logits, int offset, int vocabulary, int context, Workspace workspace) {
    float[] each = workspace.read(logits, offset, vocabulary);
    Likelihood.@Nullable Softmax before = scored ? softmax(each, vocabulary, workspace) : null;
    @Nullable Constraint constraint = request.constraint().orElse(null);
    if (constraint != null) {
      forbid(each, vocabulary, constraint);
    }
    int token = sampler.next(each, vocabulary, workspace);
    if (request.ends().contains(token)) {
      return FinishReason.STOP;
    }
    last = token;
    generated++;
    stream.push(
        new TokenStream.Token(
            token, before == null ? null : before.at(logits.get(offset + token))));
    if (constraint != null) {
      state = constraint.next(state, token);
      if (constraint.complete(state)) {
        return FinishReason.STOP;
      }
    }
    // The token is not in the cache yet, but counts as part of the context.
    return generated >= request.options().maxTokens() || length + 1 >= context
        ? FinishReason.LENGTH
        : null;
  }

  /** An answer may end, by itself, only where the schema accepts it. */
  private void forbid(float[] logits, int vocabulary, Constraint constraint) {
    long[] mask = constraint.mask(state);
    boolean accepts = constraint.accepts(state);
    for (int word = 0; word << 6 < vocabulary; word++) {
      long forbidden = word < mask.length ? ~mask[word] : -1;
      if (accepts && forbidden != 0) {
        forbidden &= ~ends(word);
      }
      while (forbidden != 0) {
        int token = (word << 6) + Long.numberOfTrailingZeros(forbidden);
        if (token < vocabulary) {
          logits[token] = Float.NEGATIVE_INFINITY;
        }
        forbidden &= forbidden - 1;
      }
    }
  }

  private long ends(int word) {
    long bits = 0;
    for (int end : request.ends()) {
      bits |= end >> 6 == word ? 1L << end : 0;
    }
    return bits;
  }
}
