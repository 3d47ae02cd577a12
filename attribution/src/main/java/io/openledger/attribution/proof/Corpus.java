package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import java.util.Arrays;
import java.util.List;

/**
 * Contributions' tokens in one array, 4 bytes a token. A position is a token's place in that array;
 * it stands for the prefix of its contribution that ends with it. Immutable; safe for any thread.
 */
final class Corpus {

  /** 2²⁸: more does not fit the arrays that hold hashes. */
  static final int MOST_TOKENS = 1 << 28;

  private final ContributionId[] ids;
  private final Hash256[] contents;
  private final int[] starts;
  private final int[] text;

  Corpus(List<CorpusCommitment.Document> documents) {
    ids = documents.stream().map(CorpusCommitment.Document::id).toArray(ContributionId[]::new);
    contents = documents.stream().map(CorpusCommitment.Document::content).toArray(Hash256[]::new);
    starts = new int[ids.length + 1];
    for (int i = 0; i < ids.length; i++) {
      if (i > 0 && ids[i - 1].compareTo(ids[i]) >= 0) {
        throw OpenLedgerException.invalid(
            "the order of the contributions", ids[i] + " after " + ids[i - 1], "rising ids");
      }
      long end = (long) starts[i] + documents.get(i).tokens().length;
      if (end > MOST_TOKENS) {
        throw OpenLedgerException.invalid("the corpus", end + " tokens", "at most " + MOST_TOKENS);
      }
      starts[i + 1] = (int) end;
    }
    text = new int[starts[ids.length]];
    for (int i = 0; i < ids.length; i++) {
      int[] tokens = documents.get(i).tokens();
      System.arraycopy(tokens, 0, text, starts[i], tokens.length);
    }
    for (int token : text) {
      if (token < 0) {
        throw OpenLedgerException.invalid("a token", token, "0 or more");
      }
    }
  }

  int documents() {
    return ids.length;
  }

  int[] text() {
    return text;
  }

  Hash256 content(int document) {
    return contents[document];
  }

  ContributionId id(int document) {
    return ids[document];
  }

  int start(int document) {
    return starts[document];
  }

  int end(int document) {
    return starts[document + 1];
  }

  /** The contribution's place, or a negative number. */
  int find(ContributionId id) {
    return Arrays.binarySearch(ids, id);
  }

  /** The contribution that a position is in. */
  int documentAt(int position) {
    int low = 0;
    int high = ids.length;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= position) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
