package io.openledger.attribution.index;

import io.openledger.api.spi.SpanIndex.Occurrences;

/**
 * An index as it was at one moment: nothing that is appended, retracted or merged later shows.
 * Holds the files that it reads until it is closed; close it soon. Safe for any thread until then.
 *
 * <p>Tokens outside the vocabulary are allowed in queries and match nothing.
 */
public interface SpanView extends AutoCloseable {

  /** See {@link io.openledger.api.spi.SpanIndex#longestMatches}. */
  int[] longestMatches(int[] tokens);

  /**
   * The length of the longest suffix of {@code tokens[0, end)} that occurs inside one active
   * document; 0 when not even its last token does.
   */
  int longestEnding(int[] tokens, int end);

  /**
   * {@link #longestEnding} of a text that comes token by token, at less cost the longer matches
   * are. Begins before the first token.
   */
  MatchCursor cursor();

  /** See {@link io.openledger.api.spi.SpanIndex#locate}. */
  Occurrences locate(int[] tokens, int start, int end, int cap);

  /** See {@link io.openledger.api.spi.SpanIndex#unigram}. */
  long unigram(int token);

  /** See {@link io.openledger.api.spi.SpanIndex#totalTokens}. */
  long totalTokens();

  /** The sequences of the active documents, rising. */
  long[] documents();

  /** Whether the document is there and active. */
  boolean contains(long sequence);

  /** The tokens of an active document; empty when it is not there. */
  java.util.Optional<int[]> tokens(long sequence);

  /** Lets the files go. Idempotent. */
  @Override
  void close();
}
