package io.openledger.serving.engine;

import io.openledger.serving.adapter.AdapterWeights;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A decoder whose next token follows from the adapter, from all tokens so far, <em>and</em> from
 * the pieces in which the prompt was read: like a real one whose last bits depend on the shapes of
 * its products. It keeps a hash for each token where a real one has keys and values, so that
 * whoever reads, moves, swaps, keeps or restores a wrong token gets another answer. It refuses what
 * a real one must not be asked.
 */
final class FakeDecoder implements Decoder {

  static final int VOCABULARY = 61;

  /** The first of the tokens that answers are made of. */
  static final int ANSWERS = 20;

  /** A token of a prompt whose piece fails. */
  static final int BREAKS_PROMPT = 19;

  /** An adapter whose logits are not numbers, from the answer's second token on. */
  static final int POISON = 666;

  /** An adapter on which each step fails, in a batch and alone. */
  static final int BREAKS_STEP = 777;

  final int rows;
  final int context;
  final long most;
  final long[] adapters = new long[4096];
  long[][] cache = new long[0][0];
  int blocks;
  int blockCalls;
  int blockLimit = Integer.MAX_VALUE;
  boolean noMemory;
  int moves;
  int failingMove = -1;
  boolean closed;
  long promptTokens;
  int longestPrompt;
  int steps;

  FakeDecoder(int rows, int context, long most) {
    this.rows = rows;
    this.context = context;
    this.most = most;
  }

  private record Kept(long[] hashes) implements Block {
    @Override
    public long bytes() {
      return hashes.length;
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int context() {
    return context;
  }

  @Override
  public int vocabulary() {
    return VOCABULARY;
  }

  @Override
  public long weightBytes() {
    return 0;
  }

  @Override
  public long cacheBytes() {
    return cache.length == 0 ? 0 : (long) cache.length * cache[0].length;
  }

  @Override
  public long cacheTokens() {
    return most;
  }

  @Override
  public boolean fit(int count, int tokens, int[] lengths) {
    require(count <= rows && tokens <= context && (long) count * tokens <= most, "fit");
    if (noMemory) {
      return false;
    }
    int length = cache.length == 0 ? 0 : cache[0].length;
    if (tokens > length || count > cache.length) {
      long[][] next = new long[count][tokens];
      for (int row = 0; row < lengths.length; row++) {
        System.arraycopy(cache[row], 0, next[row], 0, lengths[row]);
      }
      cache = next;
    }
    return true;
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private long adapter(int[] ranks) {
    return ranks.length == 0 ? 0 : adapters[ranks[0]];
  }

  private static long mix(long a, long b) {
    long x = (a + 0x9E3779B97F4A7C15L) ^ b * 0xBF58476D1CE4E5B9L;
    x = (x ^ x >>> 30) * 0x94D049BB133111EBL;
    return x ^ x >>> 31;
  }

  private void put(int row, int at, int token, long adapter, int shape) {
    require(at < cache[row].length, "beyond a row");
    long before = at == 0 ? 17 : cache[row][at - 1];
    require(before != 0, "a token without a past");
    cache[row][at] = mix(mix(before, token), adapter * 1000 + shape);
  }

  private void logits(float[] into, int offset, long hash) {
    for (int v = 0; v < VOCABULARY; v++) {
      // Answers have other tokens than prompts, so that a step alone is told from a piece.
      into[offset + v] = v < ANSWERS ? -1 : (mix(hash, v) >>> 40) / 1e4f;
    }
  }

  @Override
  public FloatBuffer prefill(int row, int past, int[] tokens, long[] positions, int[] ranks) {
    require(row < cache.length && tokens.length > 0, "prefill");
    promptTokens += tokens.length;
    longestPrompt = Math.max(longestPrompt, tokens.length);
    long adapter = adapter(ranks);
    if (Arrays.stream(tokens).anyMatch(token -> token == BREAKS_PROMPT)) {
      throw new IllegalStateException("native fault");
    }
    boolean step = tokens.length == 1 && tokens[0] >= ANSWERS;
    if (step && adapter == BREAKS_STEP) {
      throw new IllegalStateException("native fault");
    }
    for (int i = 0; i < tokens.length; i++) {
      require(row < cache.length, "a row without memory");
      put(row, past + i, tokens[i], adapter, tokens.length);
    }
    float[] logits = new float[positions.length * VOCABULARY];
    for (int i = 0; i < positions.length; i++) {
      logits(logits, i * VOCABULARY, cache[row][past + (int) positions[i]]);
    }
    if (step && adapter == POISON) {
      Arrays.fill(logits, Float.NaN);
    }
    return FloatBuffer.wrap(logits);
  }

  @Override
  public FloatBuffer decode(int[] tokens, int[] lengths, int[][] ranks) {
    steps++;
    require(tokens.length <= cache.length, "decode");
    for (int[] each : ranks) {
      if (adapter(each) == BREAKS_STEP) {
        throw new IllegalStateException("native fault");
      }
    }
    float[] logits = new float[tokens.length * VOCABULARY];
    for (int row = 0; row < tokens.length; row++) {
      put(row, lengths[row], tokens[row], adapter(ranks[row]), 1);
      logits(logits, row * VOCABULARY, cache[row][lengths[row]]);
      if (adapter(ranks[row]) == POISON) {
        Arrays.fill(logits, row * VOCABULARY, (row + 1) * VOCABULARY, Float.NaN);
      }
    }
    return FloatBuffer.wrap(logits);
  }

  private void moving() {
    if (moves++ == failingMove) {
      throw new IllegalStateException("a row that cannot be moved");
    }
  }

  @Override
  public void move(int from, int to, int length) {
    moving();
    System.arraycopy(cache[from], 0, cache[to], 0, length);
    Arrays.fill(cache[from], 0);
  }

  @Override
  public void swap(int a, int lengthA, int b, int lengthB) {
    moving();
    long[] kept = Arrays.copyOf(cache[a], lengthA);
    System.arraycopy(cache[b], 0, cache[a], 0, lengthB);
    System.arraycopy(kept, 0, cache[b], 0, lengthA);
  }

  @Override
  public Optional<Block> block(int tokens) {
    blockCalls++;
    if (blocks >= blockLimit) {
      return Optional.empty();
    }
    blocks++;
    return Optional.of(new Kept(new long[tokens]));
  }

  @Override
  public void save(int row, int from, Block block) {
    long[] into = ((Kept) block).hashes();
    System.arraycopy(cache[row], from, into, 0, into.length);
  }

  @Override
  public void restore(Block block, int row, int from) {
    long[] hashes = ((Kept) block).hashes();
    System.arraycopy(hashes, 0, cache[row], from, hashes.length);
  }

  @Override
  public void reserve(int ranks) {
    require(ranks < adapters.length, "reserve");
  }

  @Override
  public void upload(AdapterWeights weights, int[] ranks) {
    for (int rank : ranks) {
      adapters[rank] = (long) weights.changes().get(0).in()[0];
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
