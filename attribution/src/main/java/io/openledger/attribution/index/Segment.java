package io.openledger.attribution.index;

import io.openledger.api.spi.IndexForm;
import java.util.BitSet;

/**
 * Documents, immutable, searchable. What every form of a segment answers, with identical results;
 * it knows nothing of retractions. Safe for any thread until it is closed.
 *
 * <p>Documents are numbered 0 to {@code documents() − 1} in rising order of sequence. Queries are
 * tokens within the vocabulary.
 */
interface Segment extends AutoCloseable {

  /** How it is kept. */
  IndexForm form();

  /** How many documents. */
  int documents();

  /** The sequence of a document. */
  long sequence(int document);

  /** The tokens of a document, decoded. */
  int[] tokens(int document);

  /** How many tokens a document has. */
  int length(int document);

  /** How many tokens all documents have. */
  long totalTokens();

  /** How often a token occurs. */
  long unigram(int token);

  /**
   * For each position of the query the length of the longest prefix of the rest that occurs inside
   * one document.
   */
  int[] longestMatches(int[] query);

  /**
   * The length of the longest suffix of {@code query[0, end)} that occurs inside one document.
   *
   * @param end 0 to the query's length
   */
  int longestEnding(int[] query, int end);

  /**
   * The ranks of the occurrences of {@code query[start, end)}, which is not empty: among all
   * positions behind a token, sorted by the text before them, read backwards. Equal in every form.
   */
  Ranks ranks(int[] query, int start, int end);

  /**
   * Where the occurrence of a rank ends.
   *
   * @param rank 0 to {@code totalTokens() − 1}
   */
  Occurrence occurrence(long rank);

  /** How often {@code query[start, end)} occurs; not empty. */
  long count(int[] query, int start, int end);

  /**
   * Adds the documents in which {@code query[start, end)} occurs to {@code found}; may end when it
   * holds {@code enough} documents. All that there are when {@code enough} is {@link #documents()}.
   */
  void documentsWith(int[] query, int start, int end, BitSet found, int enough);

  /** The document of a sequence, or −1. */
  default int find(long sequence) {
    int low = 0;
    int high = documents() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      long there = sequence(middle);
      if (there == sequence) {
        return middle;
      }
      if (there < sequence) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  /** Follows a text that comes token by token. */
  default SegmentCursor cursor() {
    return new SearchCursor(this);
  }

  /** Releases the mapping. */
  @Override
  void close();
}
