package io.openledger.attribution.index;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Document;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which documents an index takes.
 *
 * @param largest symbols of a segment: tokens and one end a document
 * @param vocabulary one more than the largest token
 */
record DocumentRules(long largest, int vocabulary) {

  /** Refuses a document that is there already or out of range. */
  void validate(List<Document> documents, SpanView there) {
    Set<Long> sequences = new HashSet<>();
    for (Document document : documents) {
      long sequence = document.sequence();
      if (sequence < 1 || sequence > Integer.MAX_VALUE) {
        throw OpenLedgerException.invalid("document sequence", sequence, "1 to 2^31 - 1");
      }
      if (!sequences.add(sequence) || there.contains(sequence)) {
        throw OpenLedgerException.invalid(
            "document sequence", sequence + ", which is there already", "each sequence once");
      }
      int length = document.tokens().length;
      if (length == 0 || length >= largest) {
        throw OpenLedgerException.invalid(
            "document " + sequence, length + " tokens long", "1 to " + (largest - 1));
      }
      for (int token : document.tokens()) {
        if (token < 0 || token >= vocabulary) {
          throw OpenLedgerException.invalid(
              "a token of document " + sequence, token, "0 to " + (vocabulary - 1));
        }
      }
    }
  }

  /** Parts of at most the largest segment's symbols, in order; any two neighbours have more. */
  List<List<Document>> parts(List<Document> rising) {
    List<List<Document>> parts = new ArrayList<>();
    List<Document> part = new ArrayList<>();
    long symbols = 0;
    for (Document document : rising) {
      if (!part.isEmpty() && symbols + document.tokens().length + 1 > largest) {
        parts.add(part);
        part = new ArrayList<>();
        symbols = 0;
      }
      part.add(document);
      symbols += document.tokens().length + 1L;
    }
    parts.add(part);
    return parts;
  }
}
