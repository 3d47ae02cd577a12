package io.openledger.attribution.proof;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.attribution.proof.CorpusCommitment.Document;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A forger who has the data: true openings of ranks that do not enclose what is claimed. */
class ForgedAbsenceTest {

  private static final long SEED = 4711;

  @Test
  void trueNeighboursElsewhereDoNotProveAbsence() {
    int forgeries = 0;
    Random random = new Random(SEED);
    while (forgeries < 3000) {
      List<Document> documents = PlainCorpus.random(random);
      CorpusCommitment commitment = CorpusCommitment.of(PlainCorpus.TOKENIZER, documents);
      Document document = documents.get(0);
      if (document.tokens().length < 2) {
        continue;
      }
      // the first token alone is extended by the second: false, whatever is opened
      int[] string = Arrays.copyOf(document.tokens(), 2);
      SpanClaim claim =
          new SpanClaim(
              PlainCorpus.TOKENIZER,
              document.id(),
              0,
              List.of(string[0]),
              OptionalInt.empty(),
              OptionalInt.of(string[1]));
      SpanProof occurrence =
          new SpanProver(commitment)
              .prove(
                  new SpanClaim(
                      PlainCorpus.TOKENIZER,
                      document.id(),
                      0,
                      claim.tokens(),
                      OptionalInt.empty(),
                      OptionalInt.empty()));
      for (int rank = 0; rank <= commitment.tokens(); rank++) {
        Optional<Absence> forged = Optional.of(forge(commitment, rank, string));
        SpanProof proof = withRight(occurrence, forged, commitment);
        assertThatThrownBy(() -> SpanVerifier.verify(commitment.root(), claim, proof.encode()))
            .as("seed %d, rank %d", SEED, rank)
            .isInstanceOf(OpenLedgerException.class);
        forgeries++;
      }
    }
  }

  private static Absence forge(CorpusCommitment c, int rank, int[] string) {
    return new Absence(
        rank,
        rank == 0 ? Optional.empty() : Optional.of(open(c, rank - 1, string)),
        rank == c.tokens() ? Optional.empty() : Optional.of(open(c, rank, string)));
  }

  /** A prefix that ends with the string is opened one token less far than it matches. */
  private static Absence.Neighbour open(CorpusCommitment c, int rank, int[] string) {
    Absence.Neighbour there = new SpanProver(c).neighbour(rank, string);
    int matched = string.length - 1;
    if (there.matched() <= matched) {
      return there;
    }
    byte[] rest = c.chain().at(new Sha256(), there.document(), there.end() - string.length);
    return new Absence.Neighbour(
        there.document(),
        there.end(),
        matched,
        Optional.of(new Absence.Difference(string[0], Hash256.of(rest))));
  }

  private static SpanProof withRight(
      SpanProof p, Optional<Absence> right, CorpusCommitment commitment) {
    return new SpanProof(
        p.documents(),
        p.tokens(),
        p.document(),
        p.documentTokens(),
        p.offset(),
        p.length(),
        p.content(),
        p.around(),
        p.chunkSiblings(),
        p.contributionSiblings(),
        p.left(),
        right,
        MultiProof.siblings(commitment.ranks(), SpanProof.ranks(p.left(), right)));
  }
}
