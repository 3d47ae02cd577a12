package io.openledger.attribution.proof;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.spi.CommittedCorpus;
import io.openledger.api.spi.TokenizedText;
import java.util.List;
import java.util.OptionalInt;

/** A {@link CorpusCommitment} as the SPI has it. */
public final class ProvableCorpus implements CommittedCorpus {

  private final CorpusCommitment commitment;
  private final SpanProver prover;

  /** What can be proved under a commitment. */
  public ProvableCorpus(CorpusCommitment commitment) {
    this.commitment = commitment;
    this.prover = new SpanProver(commitment);
  }

  @Override
  public Hash256 root() {
    return commitment.root();
  }

  @Override
  public long tokens() {
    return commitment.tokens();
  }

  @Override
  public List<Proof> prove(TokenizedText text, SpanMatch span, ContributionId contribution) {
    int from = 0;
    while (from < text.length() && text.ends()[from] <= span.start()) {
      from++;
    }
    int to = from;
    while (to < text.length() && text.starts()[to] < span.end()) {
      to++;
    }
    int length = Math.min(span.tokens(), to - from);
    if (length == 0) {
      throw OpenLedgerException.invalid(
          "the span", span.start() + " to " + span.end(), "characters that the text has");
    }
    int document = commitment.require(contribution);
    // a character at an edge may have tokens that do not belong to the span
    while (from + length < to && prover.find(document, text.tokens(), from, from + length) < 0) {
      from++;
    }
    return prove(text.tokens(), from, from + length, contribution);
  }

  /** Proves a stretch of an answer, in tokens. */
  List<Proof> prove(int[] answer, int start, int end, ContributionId contribution) {
    SpanClaim named = prover.claim(answer, start, end, contribution);
    PrefixSearch search = new PrefixSearch(commitment);
    int from = end - search.longestEnding(answer, end);
    int to = end;
    while (to < answer.length && search.find(answer, from, to + 1) >= 0) {
      to++;
    }
    if (from == start && to == end) {
      return List.of(proof(named));
    }
    if (prover.find(commitment.require(contribution), answer, from, to) >= 0) {
      return List.of(proof(prover.claim(answer, from, to, contribution)));
    }
    SpanClaim occurrence =
        new SpanClaim(
            named.tokenizer(),
            contribution,
            named.offset(),
            named.tokens(),
            OptionalInt.empty(),
            OptionalInt.empty());
    int other = search.document(search.find(answer, from, to));
    return List.of(
        proof(occurrence), proof(prover.claim(answer, from, to, commitment.corpus().id(other))));
  }

  private Proof proof(SpanClaim claim) {
    return new Proof(claim, prover.prove(claim).encode());
  }
}
