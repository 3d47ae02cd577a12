package io.openledger.attribution.index;

import io.openledger.api.spi.IndexForm;
import java.util.Arrays;
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

  /** The same, if longer than {@code most} then {@code most}: may stop when that is reached. */
  default int longestEnding(int[] query, int end, int most) {
    return Math.min(most, longestEnding(query, end));
  }

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

  /**
   * Counts the tokens that follow {@code query[start, end)}; of an empty stretch, all tokens.
   *
   * <p>What stands here asks for every token of the vocabulary when there are more occurrences than
   * tokens, and else decodes the documents of the occurrences; a form overrides it when it can tell
   * the token behind an occurrence by itself.
   *
   * @param vocabulary one more than the largest token
   */
  default void nextTokens(int[] query, int start, int end, int vocabulary, NextTokens into) {
    Ranks ranks = start == end ? Ranks.NONE : ranks(query, start, end);
    if (start == end || ranks.count() > vocabulary) {
      int[] longer = Arrays.copyOfRange(query, start, end + 1);
      for (int token = 0; token < vocabulary; token++) {
        longer[end - start] = token;
        into.add(token, unigram(token) == 0 ? 0 : count(longer, 0, longer.length));
      }
      return;
    }
    // by document, so that each is decoded once
    long[] places = new long[(int) ranks.count()];
    Arrays.setAll(
        places,
        i -> {
          Occurrence one = occurrence(ranks.from() + i);
          return (long) one.document() << Integer.SIZE | one.end();
        });
    Arrays.sort(places);
    int[] text = {};
    for (int i = 0; i < places.length; i++) {
      int document = (int) (places[i] >>> Integer.SIZE);
      if (i == 0 || document != (int) (places[i - 1] >>> Integer.SIZE)) {
        text = tokens(document);
      }
      if ((int) places[i] < text.length) {
        into.add(text[(int) places[i]], 1);
      }
    }
  }

  /**
   * The smallest number of a document that one of the ranks stands in, or −1.
   *
   * @param without documents that do not count
   */
  default int earliest(Ranks ranks, BitSet without) {
    int earliest = Integer.MAX_VALUE;
    for (long rank = ranks.from(); rank < ranks.to() && earliest > 0; rank++) {
      int document = occurrence(rank).document();
      if (document < earliest && !without.get(document)) {
        earliest = document;
      }
    }
    return earliest == Integer.MAX_VALUE ? -1 : earliest;
  }

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
