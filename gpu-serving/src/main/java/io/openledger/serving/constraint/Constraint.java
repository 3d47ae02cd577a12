package io.openledger.serving.constraint;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled schema: from a state, which tokens may come. State 0 is the beginning. Safe for any
 * thread.
 *
 * <p>The mask of a state costs one walk over the vocabulary's trie (milliseconds for 150 000
 * tokens) and is kept while it is among the last {@value #MASKS} used.
 */
public final class Constraint {

  private static final int MASKS = 256;

  private final Dfa dfa;
  private final TokenTrie trie;
  private final int words;
  private final Vocabulary vocabulary;
  private final Map<Integer, long[]> masks =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, long[]> eldest) {
          return size() > MASKS;
        }
      };

  /** The bytes of tokens. */
  interface Vocabulary {
    byte[] of(int token);
  }

  Constraint(Dfa dfa, TokenTrie trie, int size, Vocabulary vocabulary) {
    this.dfa = dfa;
    this.trie = trie;
    this.words = (size + 63) / 64;
    this.vocabulary = vocabulary;
  }

  /** Whether an answer may end here. */
  public boolean accepts(int state) {
    return dfa.accepts(state);
  }

  /** Whether an answer must end here. */
  public boolean complete(int state) {
    return dfa.accepts(state) && dfa.closed(state);
  }

  /** The state after a token that {@link #mask} allows. */
  public int next(int state, int token) {
    int at = state;
    for (byte each : vocabulary.of(token)) {
      at = dfa.next(at, each & 0xFF);
      if (at < 0) {
        throw new IllegalStateException("token " + token + " is not allowed");
      }
    }
    return at;
  }

  /**
   * Which tokens may come: token {@code t} where bit {@code t % 64} of word {@code t / 64} is set;
   * tokens beyond the words may not. Never all zero unless {@link #complete}. Not to be altered.
   */
  public long[] mask(int state) {
    synchronized (masks) {
      long @Nullable [] known = masks.get(state);
      if (known != null) {
        return known;
      }
    }
    // Outside the lock: who needs another state does not wait; twice the same is twice equal.
    long[] mask = new long[words];
    trie.allowed(dfa, state, mask);
    synchronized (masks) {
      masks.put(state, mask);
    }
    return mask;
  }

  /** Of the tables and as many masks as are kept. */
  long bytes() {
    return dfa.bytes() + 8L * words * Math.min(MASKS, dfa.states());
  }
}
