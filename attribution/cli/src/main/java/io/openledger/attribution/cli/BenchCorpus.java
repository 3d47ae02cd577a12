package io.openledger.attribution.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.TextTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The documents that {@code bench} measures on: texts, and where these are too few, more documents
 * put together from pieces of them.
 *
 * @param documents tokens of each
 * @param heldOut one text of fifty, which is not among them; where there are fewer, the documents
 * @param tokens of all
 * @param bytes of their texts in UTF-8; of made documents in proportion
 * @param made how many tokens are of made documents
 */
record BenchCorpus(List<int[]> documents, List<int[]> heldOut, long tokens, long bytes, long made) {

  private static final int LONGEST_PIECE = 60;
  private static final int SHORTEST_PIECE = 5;
  private static final int PIECES = 40;
  private static final int CHANGED_OF = 20;
  private static final int HELD_OUT_OF = 50;

  BenchCorpus {
    documents = List.copyOf(documents);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * Reads and tokenizes until there are enough tokens.
   *
   * @param wanted tokens; the last document may exceed it
   */
  static BenchCorpus of(
      Sources sources, TextTokenizer tokenizer, long wanted, RandomGenerator random, Bar bar)
      throws IOException {
    List<int[]> documents = new ArrayList<>();
    List<int[]> heldOut = new ArrayList<>();
    long[] sums = new long[2];
    sources.forEach(
        source -> {
          if (sums[0] < wanted) {
            int[] tokens = tokenizer.encode(source.text()).tokens();
            if (tokens.length > 0 && documents.size() >= HELD_OUT_OF * (heldOut.size() + 1)) {
              heldOut.add(tokens);
            } else if (tokens.length > 0) {
              documents.add(tokens);
              sums[0] += tokens.length;
              sums[1] += source.text().getBytes(StandardCharsets.UTF_8).length;
            }
          }
        },
        skipped -> {},
        bar::step);
    if (sums[0] <= LONGEST_PIECE) {
      throw OpenLedgerException.invalid(
          "the sources", sums[0] + " tokens of text", "more than " + LONGEST_PIECE + " tokens");
    }
    BenchCorpus read =
        new BenchCorpus(documents, heldOut.isEmpty() ? documents : heldOut, sums[0], sums[1], 0);
    return read.tokens() < wanted ? read.grown(wanted, random) : read;
  }

  /** Random pieces of the texts, every twentieth token replaced, until there is enough. */
  private BenchCorpus grown(long wanted, RandomGenerator random) {
    List<int[]> all = new ArrayList<>(documents);
    long now = tokens;
    while (now < wanted) {
      int[] document = piecedTogether(PIECES * (SHORTEST_PIECE + LONGEST_PIECE) / 2, random);
      all.add(document);
      now += document.length;
    }
    return new BenchCorpus(
        all, heldOut, now, Math.round((double) bytes / tokens * now), now - tokens);
  }

  /** A document of so many tokens that stands nowhere as a whole. */
  int[] piecedTogether(int length, RandomGenerator random) {
    int[] document = new int[length];
    for (int at = 0; at < length; ) {
      at += copy(SHORTEST_PIECE + random.nextInt(LONGEST_PIECE), document, at, random);
    }
    for (int i = 0; i < length; i++) {
      if (random.nextInt(CHANGED_OF) == 0) {
        int[] from = documents.get(random.nextInt(documents.size()));
        document[i] = from[random.nextInt(from.length)];
      }
    }
    return document;
  }

  /**
   * What a model writes: mostly words that stand together somewhere, and quotations; one piece in
   * four is a quotation of 10 to 60 tokens, the others are 2 to 6 tokens long.
   */
  int[] answer(RandomGenerator random) {
    int length = IndexBench.ANSWER;
    int[] answer = new int[length];
    for (int at = 0; at < length; ) {
      int most = random.nextInt(4) == 0 ? 10 + random.nextInt(51) : 2 + random.nextInt(5);
      at += copy(most, answer, at, random);
    }
    return answer;
  }

  /** A stretch of a text that is not indexed: what people and models write by themselves. */
  int[] unseen(RandomGenerator random) {
    int length = IndexBench.ANSWER;
    int[] stretch = new int[length];
    for (int at = 0; at < length; ) {
      int[] from = heldOut.get(random.nextInt(heldOut.size()));
      int copied = Math.min(from.length, length - at);
      int start = random.nextInt(from.length - copied + 1);
      System.arraycopy(from, start, stretch, at, copied);
      at += copied;
    }
    return stretch;
  }

  /** Copies a random stretch; returns how long it is. */
  private int copy(int most, int[] to, int at, RandomGenerator random) {
    int[] from = documents.get(random.nextInt(documents.size()));
    int length = Math.min(Math.min(most, from.length), to.length - at);
    int start = random.nextInt(from.length - length + 1);
    System.arraycopy(from, start, to, at, length);
    return length;
  }

  double bytesPerToken() {
    return (double) bytes / tokens;
  }
}
