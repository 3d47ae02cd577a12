package io.openledger.serving.engine;

/**
 * Whether one more sequence fits the KV cache to its end. A request is admitted only when the cache
 * has room for all that it may become, prompt and most tokens together, beside all that runs: what
 * runs is never stopped for want of memory, and nothing is ever computed twice.
 *
 * <p>The cache is one block of rows of equal length, so what counts is rows times the longest. The
 * rows' length grows in powers of two from {@value #LEAST} tokens on.
 *
 * <p>The alternative, to admit more than fits and to put the youngest back later, would have to
 * replay its answer token by token, because reading it as a prompt gives other last bits.
 */
final class KvBudget {

  static final int LEAST = 64;

  private final Decoder decoder;

  KvBudget(Decoder decoder) {
    this.decoder = decoder;
  }

  /** Whether one more could ever run beside what runs; says nothing about memory. */
  boolean admits(Batch batch, Sequence sequence) {
    int rows = batch.size() + 1;
    return rows <= decoder.rows()
        && (long) rows * longest(batch, sequence) <= decoder.cacheTokens();
  }

  /** Takes the memory for one more. False: there is none now, and nothing has changed. */
  boolean take(Batch batch, Sequence sequence) {
    int rows = batch.size() + 1;
    int longest = longest(batch, sequence);
    long most = Math.min(decoder.context(), decoder.cacheTokens() / rows);
    long length = LEAST;
    while (length < longest) {
      length *= 2;
    }
    return decoder.fit(rows, (int) Math.min(length, most), batch.lengths());
  }

  private int longest(Batch batch, Sequence sequence) {
    int longest = sequence.most(decoder.context());
    for (int row = 0; row < batch.size(); row++) {
      longest = Math.max(longest, batch.get(row).most(decoder.context()));
    }
    return longest;
  }
}
