package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import io.openledger.attribution.proof.Absence.Difference;
import io.openledger.attribution.proof.Absence.Neighbour;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/**
 * Makes proofs of spans. Immutable; safe for any thread. A proof costs one hash for 16 tokens of
 * the contribution and some hundred more.
 */
public final class SpanProver {

  private final CorpusCommitment commitment;
  private final Corpus corpus;

  /** A prover of what holds under {@link CorpusCommitment#root()}. */
  public SpanProver(CorpusCommitment commitment) {
    this.commitment = commitment;
    this.corpus = commitment.corpus();
  }

  /**
   * What is to be proved of an answer's tokens {@code [start, end)}: that they occur in a
   * contribution, at their first place in it, and that they are maximal in the answer.
   *
   * @throws OpenLedgerException when they do not occur there
   */
  public SpanClaim claim(int[] answer, int start, int end, ContributionId contribution) {
    if (start < 0 || start >= end || end > answer.length) {
      throw OpenLedgerException.invalid(
          "the span", start + " to " + end, "a stretch of the answer's " + answer.length);
    }
    int document = commitment.require(contribution);
    int length = end - start;
    int[] text = corpus.text();
    for (int at = corpus.start(document); at + length <= corpus.end(document); at++) {
      if (Arrays.equals(text, at, at + length, answer, start, end)) {
        return new SpanClaim(
            commitment.tokenizer(),
            contribution,
            at - corpus.start(document),
            Arrays.stream(answer, start, end).boxed().toList(),
            start > 0 ? OptionalInt.of(answer[start - 1]) : OptionalInt.empty(),
            end < answer.length ? OptionalInt.of(answer[end]) : OptionalInt.empty());
      }
    }
    throw OpenLedgerException.invalid(
        "the span", length + " tokens that " + contribution + " does not have", "one that it has");
  }

  /**
   * The proof of a claim.
   *
   * @throws OpenLedgerException when the claim is false
   */
  public SpanProof prove(SpanClaim claim) {
    if (!claim.tokenizer().equals(commitment.tokenizer())) {
      throw OpenLedgerException.invalid(
          "the claim's tokenizer", claim.tokenizer(), "" + commitment.tokenizer());
    }
    int document = commitment.require(claim.contribution());
    int[] span = claim.span();
    int[] text = corpus.text();
    int start = corpus.start(document);
    int tokens = corpus.end(document) - start;
    int offset = claim.offset();
    int end = offset + span.length;
    if (end > tokens || !Arrays.equals(text, start + offset, start + end, span, 0, span.length)) {
      throw OpenLedgerException.invalid(
          "the claim",
          span.length + " tokens that " + claim.contribution() + " does not have at " + offset,
          "tokens that it has there");
    }
    List<Integer> around = new ArrayList<>();
    for (int i = TokenChunks.start(offset); i < TokenChunks.end(end, tokens); i++) {
      if (i < offset || i >= end) {
        around.add(text[start + i]);
      }
    }
    List<Hash256> chunks =
        MultiProof.siblings(commitment.chunks(document), TokenChunks.holding(offset, span.length));
    Optional<Absence> left =
        claim.previous().isEmpty() ? Optional.empty() : Optional.of(absence(claim.left()));
    Optional<Absence> right =
        claim.next().isEmpty() ? Optional.empty() : Optional.of(absence(claim.right()));
    return new SpanProof(
        corpus.documents(),
        text.length,
        document,
        tokens,
        offset,
        span.length,
        corpus.content(document),
        around,
        chunks,
        MultiProof.siblings(commitment.contributions(), new TreeSet<>(List.of(document))),
        left,
        right,
        MultiProof.siblings(commitment.ranks(), SpanProof.ranks(left, right)));
  }

  private Absence absence(int[] absent) {
    int low = -1;
    int high = corpus.text().length;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      Neighbour there = neighbour(middle, absent);
      if (there.matched() == absent.length) {
        throw OpenLedgerException.invalid(
            "the claim",
            "a span that is longer in " + corpus.id(there.document()),
            "one that no contribution has longer");
      }
      if (Backwards.below(there, absent)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new Absence(
        high,
        low < 0 ? Optional.empty() : Optional.of(neighbour(low, absent)),
        high == corpus.text().length ? Optional.empty() : Optional.of(neighbour(high, absent)));
  }

  /** The prefix of a rank, opened as far as it matches a string. */
  Neighbour neighbour(int rank, int[] string) {
    int position = commitment.position(rank);
    int document = corpus.documentAt(position);
    int start = corpus.start(document);
    int end = position + 1 - start;
    int matched = 0;
    while (matched < end
        && matched < string.length
        && corpus.text()[position - matched] == string[string.length - 1 - matched]) {
      matched++;
    }
    if (matched == end) {
      return new Neighbour(document, end, matched, Optional.empty());
    }
    byte[] rest = commitment.chain().at(new Sha256(), document, end - matched - 1);
    return new Neighbour(
        document,
        end,
        matched,
        Optional.of(new Difference(corpus.text()[position - matched], Hash256.of(rest))));
  }
}
