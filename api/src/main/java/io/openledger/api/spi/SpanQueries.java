package io.openledger.api.spi;

import io.openledger.api.OpenLedgerException;
import java.util.List;

/**
 * Questions about the active documents of an index; every answer is exact, and no match crosses
 * from one document into the next. Safe for any thread.
 *
 * <p>A stretch of tokens {@code [start, end)} lies within its array and is not empty unless the
 * method says so; what is out of range is refused as {@link
 * io.openledger.api.ErrorCode#INVALID_ARGUMENT}. A token outside the vocabulary is allowed and
 * occurs nowhere.
 */
public interface SpanQueries {

  /** How many positions can be listed at once. */
  int MOST_POSITIONS = 1 << 16;

  /** How many phrases can be asked for together, and how many readings each may have. */
  int MOST_PHRASES = 64;

  /** Questions about an index at one moment. */
  interface View extends SpanQueries, AutoCloseable {
    /** Lets the files go. Idempotent. */
    @Override
    void close();
  }

  /**
   * Occurrences of a stretch, one by one.
   *
   * @param occurrences how many there are, exactly
   * @param documentCount in how many documents, exactly
   * @param sampled whether there are more than are listed; those listed are then a sample in which
   *     each occurrence is as likely as any other
   * @param sequences the document of each listed occurrence
   * @param starts the token of that document at which it begins, from 0. Listed by document, then
   *     by this
   */
  record Positions(
      long occurrences, long documentCount, boolean sampled, long[] sequences, int[] starts) {
    public Positions {
      if (sequences.length != starts.length) {
        throw OpenLedgerException.invalid(
            "listed occurrences",
            sequences.length + " documents and " + starts.length + " offsets",
            "as many of each");
      }
    }
  }

  /**
   * What follows a stretch.
   *
   * @param occurrences how often the stretch occurs: the sum of the counts and of {@code ends}
   * @param ends how many of them end a document, so that nothing follows
   * @param tokens every token that follows one of them, rising
   * @param counts how often each of these does, above 0
   */
  record Continuations(long occurrences, long ends, int[] tokens, long[] counts) {
    public Continuations {
      if (tokens.length != counts.length) {
        throw OpenLedgerException.invalid(
            "continuations", tokens.length + "/" + counts.length + " entries", "as many of each");
      }
    }
  }

  /**
   * Documents that were found.
   *
   * @param documentCount how many, exactly
   * @param documents their sequences, rising, as many as were asked for
   */
  record Found(long documentCount, long[] documents) {}

  /** Whether the document is there and active. */
  boolean contains(long sequence);

  /** The sequences of the active documents, rising. */
  long[] documents();

  /** How often a token occurs in active documents. */
  long unigram(int token);

  /** How many tokens the active documents have. */
  long totalTokens();

  /**
   * For each position of a text the length of the longest prefix of the rest that occurs inside one
   * active document; 0 where not even the token occurs.
   */
  int[] longestMatches(int[] tokens);

  /**
   * The length of the longest suffix of {@code tokens[0, end)} that occurs inside one active
   * document; 0 when not even its last token does.
   */
  int longestEnding(int[] tokens, int end);

  /** How often {@code tokens[start, end)} occurs in active documents. Logarithmic in the index. */
  long count(int[] tokens, int start, int end);

  /**
   * In which active documents {@code tokens[start, end)} occurs; at most {@code cap} are listed.
   * Linear in the occurrences.
   */
  SpanIndex.Occurrences locate(int[] tokens, int start, int end, int cap);

  /**
   * Where {@code tokens[start, end)} occurs in active documents: every occurrence while there are
   * at most {@code cap}, else a sample of so many, drawn without replacement. Counting the
   * documents is linear in the occurrences.
   *
   * @param cap 0 to {@value #MOST_POSITIONS}
   * @param seed of the sample: the same seed gives the same sample until the index changes or
   *     merges
   */
  Positions positions(int[] tokens, int start, int end, int cap, long seed);

  /**
   * What follows {@code tokens[start, end)} in active documents. Together with {@link
   * #longestEnding} this is the next-token distribution of the ∞-gram model (J. Liu et al.,
   * "Infini-gram: Scaling Unbounded n-gram Language Models to a Trillion Tokens", 2024, §2): the
   * probability of a token is its count divided by {@code occurrences}, where the end of a document
   * is an outcome of its own.
   *
   * <p>An empty stretch occurs before each token and at the end of each document. At most linear in
   * the occurrences, and in the vocabulary times the logarithm of the index.
   */
  Continuations continuations(int[] tokens, int start, int end);

  /**
   * The active documents that hold every one of several phrases. A phrase may have several
   * readings, any of which counts, so that the question is in conjunctive normal form. Linear in
   * the occurrences of all of them.
   *
   * @param phrases 1 to {@value #MOST_PHRASES} of 1 to {@value #MOST_PHRASES} readings, none empty
   * @param cap how many documents are listed, 0 or more
   */
  Found search(List<List<int[]>> phrases, int cap);
}
