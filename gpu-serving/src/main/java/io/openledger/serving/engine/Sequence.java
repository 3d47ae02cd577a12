package io.openledger.serving.engine;

import io.openledger.api.model.FinishReason;
import io.openledger.api.spi.Scheduling;
import io.openledger.serving.adapter.AdapterSource;
import io.openledger.serving.adapter.HostTier;
import io.openledger.serving.adapter.SlotPool;
import io.openledger.serving.constraint.Constraint;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** One request on its way through the scheduler. Owned by the scheduler's thread once admitted. */
final class Sequence {

  private static final int[] BASE = new int[0];
  private static final long[] NONE = new long[0];
  private static final Duration ENDLESS = Duration.ofDays(3650);

  final TokenRequest request;
  final TokenStream stream;
  final Scheduling scheduling;

  /** When it was called, and when its time is over, in nanoseconds. */
  final long called;

  final long deadline;

  /** Its place among all that ever waited. */
  long number;

  /** How many that came after it went before, because it did not fit. */
  int overtaken;

  /** See {@link ReadingPlan}. */
  long readBy;

  /** When its last token was handed out. */
  long heard;

  private final Sampler sampler;
  private final boolean scored;
  private SlotPool.@Nullable Slot slot;
  private int length;
  private int last;
  private int generated;
  private int state;

  private PrefixCache.@Nullable Chain prefix;

  // While it waits under the scheduler's lock, then its ender's.
  private HostTier.@Nullable Claim claim;
  private int asked;
  private long askedAt;
  private int owed;
  private boolean silent;

  /**
   * @param called when, in nanoseconds
   * @param whenCancelled told on the caller's thread that the caller wants no more
   */
  Sequence(
      TokenRequest request, Scheduling scheduling, long called, Consumer<Sequence> whenCancelled) {
    this.request = request;
    this.stream = new TokenStream(() -> whenCancelled.accept(this));
    this.scheduling = scheduling;
    this.called = called;
    this.deadline =
        called
            + scheduling
                .deadline()
                .filter(each -> each.compareTo(ENDLESS) < 0)
                .map(Duration::toNanos)
                .orElse(0L);
    this.sampler = new Sampler(request.options(), request.prompt(), request.seed());
    this.scored = request.options().logProbabilities().isPresent();
  }

  boolean hasDeadline() {
    return deadline != called;
  }

  /** Whether its time is over. */
  boolean late(long now) {
    return hasDeadline() && now - deadline >= 0;
  }

  /** Tokens that the cache holds for it at most, before its end. */
  int most(int context) {
    return (int) Math.min(context, (long) request.prompt().length + request.options().maxTokens());
  }

  /** Whether a part of the prompt is not in the cache yet. */
  boolean reading() {
    return length < request.prompt().length;
  }

  /** Tokens of the prompt, from a place on. */
  int[] prompt(int from, int to) {
    return Arrays.copyOfRange(request.prompt(), from, to);
  }

  /**
   * Whose logits are wanted of a piece of the prompt that is not taken from the prefix cache,
   * counted from its first token. A prompt's last token is always among them, as the last.
   */
  long[] wanted(int from, int to) {
    if (request.echo()) {
      return LongStream.range(0, to - from).toArray();
    }
    return to == request.prompt().length ? new long[] {to - from - 1L} : NONE;
  }

  /** From which of the prompt's tokens on logits are wanted: those are read, wherever kept. */
  int firstWanted() {
    return request.echo() ? 0 : request.prompt().length - 1;
  }

  /** How far its prompt is found in the prefix cache. */
  PrefixCache.Chain prefix(PrefixCache cache) {
    if (prefix == null) {
      prefix = cache.begin(new PrefixCache.Scope(scheduling.tenant(), variant()));
    }
    return prefix;
  }

  /** What changes the model's keys and values: compared by {@code equals}. */
  private Object variant() {
    return request.adapter().<Object>map(each -> each).orElse("base");
  }

  /**
   * Its part in its adapter's place in host memory, while it waits.
   *
   * @param now whether it is its turn
   * @return null: there is no room
   */
  HostTier.@Nullable Claim claim(AdapterSource adapter, boolean now) {
    if (claim != null && claim.gone()) {
      unclaim();
    }
    if (claim == null) {
      claim = adapter.claim(now).orElse(null);
      asked = -1;
    } else if (now) {
      claim.urge();
    }
    return claim;
  }

  /** Lets its caller read the adapter: once, and again when a reading failed. */
  void askForWeights(
      HostTier.Claim wanted, long now, BiConsumer<Sequence, Optional<RuntimeException>> told) {
    int failures = wanted.failures();
    if (asked != failures) {
      asked = failures;
      askedAt = now;
      owed++;
      stream.push(new TokenStream.Fetch(wanted, failure -> told.accept(this, failure)));
    }
  }

  /**
   * Whether its caller does not read what it was told to, for so long; it has no claim then. One
   * that did, and whose place was given to another since, or for whom another's reading failed, is
   * told again.
   */
  boolean silent(long now, long longest) {
    if (claim != null && claim.idle() && owed > 0 && now - askedAt > longest) {
      silent = true;
      unclaim();
    }
    return silent;
  }

  /** Its caller has done as it was told. */
  void answered() {
    owed--;
    silent = false;
  }

  /** Whether the weights that it waits for are in host memory. */
  boolean loaded() {
    return claim != null && claim.loaded();
  }

  /** It waits for weights no more. */
  void unclaim() {
    if (claim != null) {
      claim.close();
      claim = null;
    }
  }

  /** Puts it on a resident adapter. */
  void pin(SlotPool.Slot resident) {
    slot = resident;
  }

  /** Whether what it runs on was taken away: nothing of it is kept for others. */
  boolean retired() {
    return request.adapter().isPresent() && request.adapter().get().retired();
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
   * Scores the prompt's tokens that a piece foretells; call it after {@link #read}.
   *
   * @param logits of {@link #wanted}
   */
  void prompted(FloatBuffer logits, int tokens, int vocabulary, Workspace workspace) {
    if (!request.echo()) {
      return;
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
