package io.openledger.serving.engine;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import java.nio.FloatBuffer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a step computes: one token for each sequence that decodes, all together, and pieces of
 * prompts. What of a prompt is read next is {@link ReadingPlan}'s decision, what need not be read
 * {@link PrefixCache}'s.
 *
 * <p>A native fault of a prompt's piece fails that request. After one of a step over the batch each
 * row is tried alone, once: a row's token is written where it would have been written, and has the
 * same bits alone. Those that fail alone end, the others go on.
 *
 * <p>Belongs to the loop's thread, and knows of no other.
 */
final class Steps {

  /** Of prompts, in one step: as many as are read at the best price, see {@link ReadingPlan}. */
  static final int STEP_TOKENS = 64;

  /** A token from the prefix cache counts as a sixteenth; copying costs less than that. */
  private static final int RESTORED = 16;

  private final Decoder decoder;
  private final Batch batch;
  private final PrefixCache prefixes;
  private final Meters meters;
  private final LongSupplier nanoTime;
  private final Owner owner;
  private final ReadingPlan plan = new ReadingPlan();
  private final Workspace workspace = new Workspace();

  /** Who decides what becomes of a sequence. */
  interface Owner {

    /** It got so many weighted tokens; negative: it turned out to be less. */
    void charge(Sequence sequence, long weighted);

    /** It has ended; the batch is without it afterwards. */
    void finish(Sequence sequence, FinishReason reason);

    /** It has failed; the batch is without it afterwards, unless the loop cannot go on. */
    void fail(Sequence sequence, RuntimeException failure);

    /** Told of a fault that is nobody's yet. Whether the loop goes on. */
    boolean survives(RuntimeException fault);

    /** The loop cannot go on. Returns what is to be thrown. */
    OpenLedgerException lose(RuntimeException fault);

    /** Whether the loop is to end. */
    boolean over();
  }

  Steps(
      Decoder decoder,
      Batch batch,
      PrefixCache prefixes,
      Meters meters,
      LongSupplier nanoTime,
      Owner owner) {
    this.decoder = decoder;
    this.batch = batch;
    this.prefixes = prefixes;
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.owner = owner;
  }

  /** One more is in the batch, its prompt unread. */
  void admit(Sequence sequence) {
    plan.admit(sequence);
  }

  /** One token for each that decodes. */
  void decode() {
    int count = batch.decoding();
    if (count == 0) {
      return;
    }
    int[] tokens = new int[count];
    int[] lengths = new int[count];
    int[][] ranks = new int[count][];
    for (int row = 0; row < count; row++) {
      Sequence sequence = batch.get(row);
      tokens[row] = sequence.last();
      lengths[row] = sequence.length();
      ranks[row] = sequence.ranks();
    }
    FloatBuffer logits;
    try {
      logits = decoder.decode(tokens, lengths, ranks);
    } catch (RuntimeException e) {
      if (owner.survives(e)) {
        decodeOneByOne(count);
      }
      return;
    }
    // From the last row down: a sequence that ends is replaced by one that was looked at already.
    for (int row = count - 1; row >= 0; row--) {
      Sequence sequence = batch.get(row);
      sequence.read(1);
      take(sequence, logits, row * decoder.vocabulary());
    }
  }

  /** A row's step alone is a prompt's piece of one token: the same run over another view. */
  private void decodeOneByOne(int count) {
    for (int row = count - 1; row >= 0; row--) {
      Sequence sequence = batch.get(row);
      FloatBuffer logits;
      try {
        logits =
            decoder.prefill(
                row,
                sequence.length(),
                new int[] {sequence.last()},
                new long[] {0},
                sequence.ranks());
      } catch (RuntimeException e) {
        owner.fail(sequence, e);
        continue;
      }
      sequence.read(1);
      take(sequence, logits, 0);
    }
  }

  /** At most {@value #STEP_TOKENS} tokens of prompts, and a piece over. */
  void readPrompts() {
    int left = STEP_TOKENS;
    while (left > 0 && !batch.reading().isEmpty() && !owner.over()) {
      Sequence sequence = plan.next(batch.reading());
      try {
        left -= readPiece(sequence);
      } catch (RuntimeException e) {
        owner.fail(sequence, e);
      }
    }
  }

  /** Brings the next piece of a prompt into the cache. Returns what it counts. */
  private int readPiece(Sequence sequence) {
    if (sequence.stream.cancelled()) {
      owner.finish(sequence, FinishReason.CANCELLED);
      return 0;
    }
    int row = batch.row(sequence);
    int from = sequence.length();
    int to = ReadingPlan.end(from, sequence.request.prompt().length);
    int[] piece = sequence.prompt(from, to);
    boolean whole = piece.length == ReadingPlan.GRID;
    if (whole
        && to <= sequence.firstWanted()
        && prefixes.restore(sequence.prefix(prefixes), piece, row, from)) {
      owner.charge(sequence, -FairShare.PROMPT * (long) piece.length);
      advance(sequence, piece.length, true);
      return piece.length / RESTORED;
    }
    FloatBuffer logits =
        decoder.prefill(row, from, piece, sequence.wanted(from, to), sequence.ranks());
    if (whole && !sequence.retired()) {
      prefixes.save(sequence.prefix(prefixes), piece, row, from);
    }
    advance(sequence, piece.length, false);
    sequence.prompted(logits, piece.length, decoder.vocabulary(), workspace);
    if (!sequence.reading()) {
      ready(row);
      take(sequence, logits, logits.limit() - decoder.vocabulary());
    }
    return piece.length;
  }

  private void ready(int row) {
    try {
      batch.ready(row);
    } catch (RuntimeException e) {
      // Two rows may each have a part of the other's tokens.
      throw owner.lose(e);
    }
  }

  private void advance(Sequence sequence, int tokens, boolean fromPrefix) {
    sequence.read(tokens);
    plan.read(tokens);
    meters.read(tokens, fromPrefix);
  }

  private void take(Sequence sequence, FloatBuffer logits, int offset) {
    int before = sequence.generated();
    @Nullable FinishReason reason;
    try {
      reason = sequence.take(logits, offset, decoder.vocabulary(), decoder.context(), workspace);
      if (sequence.generated() > before) {
        owner.charge(sequence, FairShare.ANSWER);
        heard(sequence);
      }
    } catch (RuntimeException e) {
      owner.fail(sequence, e);
      return;
    }
    if (reason != null) {
      owner.finish(sequence, reason);
    }
  }

  private void heard(Sequence sequence) {
    long now = nanoTime.getAsLong();
    boolean first = sequence.length() == sequence.request.prompt().length;
    meters.generated(first, now - (first ? sequence.called : sequence.heard));
    sequence.heard = now;
  }
}
