package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The proof of a {@link SpanClaim}: what its verifier needs beside the anchored root. Made by
 * {@link SpanProver}, checked by {@link SpanVerifier}. One proof has one encoding, which the
 * package's description specifies.
 *
 * @param documents how many contributions are committed to
 * @param tokens how many tokens they have together
 * @param document the place of the span's contribution, from 0
 * @param documentTokens how many tokens it has
 * @param offset of the span in it
 * @param length of the span in tokens
 * @param content the digest of its content
 * @param around the tokens of its opened chunks before the span, then those behind
 * @param chunkSiblings of the opening of the chunks
 * @param contributionSiblings of the opening of the contribution
 * @param left why the span does not occur with the answer's token before it
 * @param right why the span does not occur with the answer's token behind it
 * @param rankSiblings of the opening of all ranks of both
 */
public record SpanProof(
    int documents,
    int tokens,
    int document,
    int documentTokens,
    int offset,
    int length,
    Hash256 content,
    List<Integer> around,
    List<Hash256> chunkSiblings,
    List<Hash256> contributionSiblings,
    Optional<Absence> left,
    Optional<Absence> right,
    List<Hash256> rankSiblings) {

  public SpanProof {
    around = List.copyOf(around);
    chunkSiblings = List.copyOf(chunkSiblings);
    contributionSiblings = List.copyOf(contributionSiblings);
    rankSiblings = List.copyOf(rankSiblings);
    Shape shape = new Shape(documents, tokens, document, documentTokens, offset, length);
    require("tokens around the span", around.size(), shape.around());
    require("siblings of chunks", chunkSiblings.size(), shape.chunkSiblings());
    require("siblings of contributions", contributionSiblings.size(), shape.documentSiblings());
    left.ifPresent(shape::require);
    right.ifPresent(shape::require);
    require("siblings of ranks", rankSiblings.size(), shape.rankSiblings(left, right));
    for (int token : around) {
      if (token < 0) {
        throw OpenLedgerException.invalid("a token", token, "0 or more");
      }
    }
  }

  private static void require(String what, int actual, int right) {
    if (actual != right) {
      throw OpenLedgerException.invalid("the number of " + what, actual, "" + right);
    }
  }

  /** The proof's bytes. */
  public byte[] encode() {
    return SpanProofCodec.encode(this);
  }

  /**
   * The proof of some bytes from anywhere.
   *
   * @throws OpenLedgerException for whatever {@link #encode} cannot have made
   */
  public static SpanProof decode(byte[] bytes) {
    return SpanProofCodec.decode(bytes);
  }

  /** The length of the encoding in bytes. */
  public int size() {
    return encode().length;
  }

  /** The ranks that are opened. */
  static NavigableSet<Integer> ranks(Optional<Absence> left, Optional<Absence> right) {
    NavigableSet<Integer> ranks = new TreeSet<>();
    List.of(left, right)
        .forEach(
            side ->
                side.ifPresent(
                    absence -> {
                      absence.below().ifPresent(below -> ranks.add(absence.rank() - 1));
                      absence.above().ifPresent(above -> ranks.add(absence.rank()));
                    }));
    return ranks;
  }

  /** What the numbers of a proof say about the lengths of its lists. */
  record Shape(
      int documents, int tokens, int document, int documentTokens, int offset, int length) {

    Shape {
      within("the number of tokens", tokens, 1, Corpus.MOST_TOKENS);
      within("the number of contributions", documents, 1, Integer.MAX_VALUE);
      within("the contribution", document, 0, documents - 1);
      within("the contribution's length", documentTokens, 1, tokens);
      within("the offset", offset, 0, documentTokens - 1);
      within("the length", length, 1, Math.min(SpanClaim.MOST_TOKENS, documentTokens - offset));
    }

    private static void within(String what, int actual, int least, int most) {
      if (actual < least || actual > most) {
        throw OpenLedgerException.invalid(what, actual, least + " to " + most);
      }
    }

    int before() {
      return offset - TokenChunks.start(offset);
    }

    int around() {
      return before() + TokenChunks.end(offset + length, documentTokens) - offset - length;
    }

    int chunkSiblings() {
      return MultiProof.count(
          TokenChunks.count(documentTokens), TokenChunks.holding(offset, length));
    }

    int documentSiblings() {
      return MultiProof.count(documents, new TreeSet<>(List.of(document)));
    }

    int rankSiblings(Optional<Absence> left, Optional<Absence> right) {
      return MultiProof.count(tokens, ranks(left, right));
    }

    void require(Absence absence) {
      within("a rank", absence.rank(), 0, tokens);
      if ((absence.rank() == tokens) == absence.above().isPresent()) {
        throw OpenLedgerException.invalid(
            "a rank", absence.rank(), tokens + ", or less with a prefix above");
      }
      absence.below().ifPresent(this::require);
      absence.above().ifPresent(this::require);
    }

    private void require(Absence.Neighbour neighbour) {
      within("a prefix's contribution", neighbour.document(), 0, documents - 1);
      within("a prefix's length", neighbour.end(), 1, tokens);
      // the string is one token longer than the span, and is not matched whole
      within("a prefix's match", neighbour.matched(), 0, length);
    }
  }
}
