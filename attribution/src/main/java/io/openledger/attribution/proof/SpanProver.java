package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
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
  private final PrefixSearch search;

  /** A prover of what holds under {@link CorpusCommitment#root()}. */
  public SpanProver(CorpusCommitment commitment) {
    this.commitment = commitment;
    this.corpus = commitment.corpus();
    this.search = new PrefixSearch(commitment);
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
    int offset = find(document, answer, start, end);
    if (offset < 0) {
      throw OpenLedgerException.invalid(
          "the span",
          (end - start) + " tokens that " + contribution + " does not have",
          "one that it has");
    }
    return new SpanClaim(
        commitment.tokenizer(),
        contribution,
        offset,
        Arrays.stream(answer, start, end).boxed().toList(),
        start > 0 ? OptionalInt.of(answer[start - 1]) : OptionalInt.empty(),
        end < answer.length ? OptionalInt.of(answer[end]) : OptionalInt.empty());
  }

  /** Where the contribution first has a stretch of the answer; −1 when it does not. */
  int find(int document, int[] answer, int start, int end) {
    int length = end - start;
    int first = corpus.start(document);
    for (int at = first; at + length <= corpus.end(document); at++) {
      if (Arrays.equals(corpus.text(), at, at + length, answer, start, end)) {
        return at - first;
      }
    }
    return -1;
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
    int[] span = Strings.span(claim);
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
        claim.previous().isEmpty() ? Optional.empty() : Optional.of(absence(Strings.left(claim)));
    Optional<Absence> right =
        claim.next().isEmpty() ? Optional.empty() : Optional.of(absence(Strings.right(claim)));
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
    int rank = search.below(absent, 0, absent.length);
    boolean last = rank == corpus.text().length;
    if (!last && search.matched(rank, absent, 0, absent.length) == absent.length) {
      throw OpenLedgerException.invalid(
          "the claim",
          "a span that is longer in " + corpus.id(search.document(rank)),
          "one that no contribution has longer");
    }
    return new Absence(
        rank,
        rank == 0 ? Optional.empty() : Optional.of(neighbour(rank - 1, absent)),
        last ? Optional.empty() : Optional.of(neighbour(rank, absent)));
  }

  /** The prefix of a rank, opened as far as it matches a string. */
  Neighbour neighbour(int rank, int[] string) {
    int position = commitment.position(rank);
    int document = search.document(rank);
    int end = position + 1 - corpus.start(document);
    int matched = search.matched(rank, string, 0, string.length);
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
