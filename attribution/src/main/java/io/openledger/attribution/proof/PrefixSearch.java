package io.openledger.attribution.proof;

/**
 * Binary search among the prefixes of a commitment, read backwards, for stretches {@code [from,
 * to)} of an answer. Some comparisons of up to the stretch's length for each of the logarithm of
 * the tokens. Immutable; safe for any thread.
 */
final class PrefixSearch {

  private final CorpusCommitment commitment;
  private final Corpus corpus;

  PrefixSearch(CorpusCommitment commitment) {
    this.commitment = commitment;
    this.corpus = commitment.corpus();
  }

  /** How many prefixes are below the stretch: the rank of the first that is not. */
  int below(int[] answer, int from, int to) {
    int low = -1;
    int high = corpus.text().length;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (isBelow(middle, answer, from, to)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private boolean isBelow(int rank, int[] answer, int from, int to) {
    int matched = matched(rank, answer, from, to);
    if (matched == to - from) {
      return false;
    }
    int position = commitment.position(rank) - matched;
    return position < corpus.start(document(rank))
        || corpus.text()[position] < answer[to - 1 - matched];
  }

  /** How many of the stretch's last tokens are those of a prefix. */
  int matched(int rank, int[] answer, int from, int to) {
    int position = commitment.position(rank);
    int most = Math.min(to - from, position + 1 - corpus.start(document(rank)));
    int matched = 0;
    while (matched < most && corpus.text()[position - matched] == answer[to - 1 - matched]) {
      matched++;
    }
    return matched;
  }

  /** The contribution that a prefix is of. */
  int document(int rank) {
    return corpus.documentAt(commitment.position(rank));
  }

  /** A rank of a prefix that ends with the stretch; −1 when no contribution has it. */
  int find(int[] answer, int from, int to) {
    int rank = below(answer, from, to);
    return rank < corpus.text().length && matched(rank, answer, from, to) == to - from ? rank : -1;
  }

  /** The length of the longest stretch that ends before {@code to} and that a contribution has. */
  int longestEnding(int[] answer, int to) {
    int rank = below(answer, 0, to);
    int longest = rank > 0 ? matched(rank - 1, answer, 0, to) : 0;
    return rank < corpus.text().length ? Math.max(longest, matched(rank, answer, 0, to)) : longest;
  }
}
