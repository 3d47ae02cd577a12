package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import java.util.List;
import java.util.function.DoubleConsumer;
import java.util.function.IntUnaryOperator;

/**
 * Sorts the non-empty prefixes of documents, each read backwards: the beginning of a document is
 * below every token, equal prefixes follow the order of the documents. Linear time; stateless.
 *
 * <p>Documents are laid out reversed, as in a segment, but each ends with a symbol of its own,
 * rising, below every token. So no comparison passes an end, and of equal prefixes the one of the
 * earlier document is first. A segment's own order serves none of that: its documents end alike,
 * and equal prefixes stand in whatever order their neighbours give them.
 */
public final class PrefixSorter {

  private PrefixSorter() {}

  /**
   * The order.
   *
   * <p>Memory meanwhile: 6 bytes a token while documents and different tokens are fewer than 65536
   * together, else 8, and at most 4 more; of these 4 stay with the result. 4 bytes for each value
   * up to the largest token.
   *
   * @param documents tokens of each, each 0 or more; together at most 2³⁰ with the documents
   * @param progress hears a fraction, never falling; what it throws ends the work
   * @return of each rank, from 0, the position of the prefix's last token, counted through all
   *     documents from 0
   */
  public static IntUnaryOperator sort(List<int[]> documents, DoubleConsumer progress) {
    int count = documents.size();
    int[] begins = new int[count + 1];
    int largest = -1;
    for (int d = 0; d < count; d++) {
      begins[d + 1] = Math.addExact(begins[d], documents.get(d).length + 1);
      for (int token : documents.get(d)) {
        if (token < 0) {
          throw OpenLedgerException.invalid("a token", token, "0 or more");
        }
        largest = Math.max(largest, token);
      }
    }
    int[] dense = dense(documents, largest + 1);
    int alphabet = count + (largest < 0 ? 0 : dense[largest] + 1);
    int[] order =
        alphabet <= Character.MAX_VALUE + 1
            ? SuffixSorter.sort(narrow(documents, begins, dense), alphabet, progress::accept)
            : SuffixSorter.sort(wide(documents, begins, dense), alphabet, progress::accept);
    // the ends of documents come first, one each; what is behind them moves up to rank 0
    for (int i = count; i < order.length; i++) {
      int document = documentAt(begins, order[i]);
      // positions count no ends, of which there is one for each document before
      int first = begins[document] - document;
      int behind = begins[document + 1] - 2 - order[i];
      order[i - count] = first + behind;
    }
    return rank -> order[rank];
  }

  /** The rank of each token that occurs among those that do. */
  private static int[] dense(List<int[]> documents, int values) {
    int[] dense = new int[values];
    for (int[] tokens : documents) {
      for (int token : tokens) {
        dense[token] = 1;
      }
    }
    int distinct = 0;
    for (int value = 0; value < values; value++) {
      distinct += dense[value];
      dense[value] = distinct - 1;
    }
    return dense;
  }

  private static char[] narrow(List<int[]> documents, int[] begins, int[] dense) {
    char[] text = new char[begins[documents.size()]];
    for (int d = 0; d < documents.size(); d++) {
      int at = begins[d + 1] - 1;
      text[at] = (char) d;
      for (int token : documents.get(d)) {
        text[--at] = (char) (documents.size() + dense[token]);
      }
    }
    return text;
  }

  private static int[] wide(List<int[]> documents, int[] begins, int[] dense) {
    int[] text = new int[begins[documents.size()]];
    for (int d = 0; d < documents.size(); d++) {
      int at = begins[d + 1] - 1;
      text[at] = d;
      for (int token : documents.get(d)) {
        text[--at] = documents.size() + dense[token];
      }
    }
    return text;
  }

  private static int documentAt(int[] begins, int position) {
    int low = 0;
    int high = begins.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (begins[middle] <= position) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
