package io.openledger.api.spi;

import java.util.List;

/**
 * The token index of one datanet, on disk. One writer and any number of readers at a time; a reader
 * never sees half a change.
 *
 * <p>Documents are named by their sequence in the datanet's order of acceptance. What was appended
 * or retracted is durable, and visible to every later call, when the call returns.
 */
public interface SpanIndex extends AutoCloseable {

  /**
   * A document to index.
   *
   * @param sequence its place in the order of acceptance, 1 to 2³¹ − 1
   * @param tokens ids, each 0 to vocabulary size − 1; not empty
   */
  record Document(long sequence, int[] tokens) {}

  /**
   * Where a stretch of tokens occurs.
   *
   * @param occurrences how often, exactly
   * @param documentCount in how many documents, exactly
   * @param documents their sequences, rising, as many as were asked for
   */
  record Occurrences(long occurrences, long documentCount, long[] documents) {}

  /**
   * How the index is.
   *
   * @param documents active documents
   * @param retracted retracted documents still on disk
   * @param tokens of the active documents
   * @param segments how many
   * @param bytes on disk
   * @param refused files that were refused on opening, each with its reason; the index goes on
   *     without them, and what they held is missing until it is rebuilt
   */
  record State(
      long documents,
      long retracted,
      long tokens,
      int segments,
      long bytes,
      List<String> refused) {}

  /**
   * Adds documents: all or none.
   *
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for a sequence that is there already or a
   *     token out of range, {@link io.openledger.api.ErrorCode#INDEX_IO}
   */
  void append(List<Document> documents);

  /** Takes a document away; false when it is not there (any more). */
  boolean retract(long sequence);

  /** Whether the document is there and active. */
  boolean contains(long sequence);

  /** The sequences of the active documents, rising. */
  long[] documents();

  /**
   * For each position of a text the length of the longest prefix of the rest that occurs inside one
   * active document; 0 where not even the token occurs.
   */
  int[] longestMatches(int[] tokens);

  /**
   * Where {@code tokens[start, end)} occurs in active documents; at most {@code cap} are listed.
   */
  Occurrences locate(int[] tokens, int start, int end, int cap);

  /** How often a token occurs in active documents. */
  long unigram(int token);

  /** How many tokens the active documents have. */
  long totalTokens();

  /** How the index is. */
  State state();

  /** Releases files and mappings. Durable content stays. */
  @Override
  void close();
}
