package io.openledger.attribution.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.attribution.index.PrefixSorter;
import io.openledger.attribution.proof.CorpusCommitment.Document;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpanProofTest {

  @Test
  void provesExactlyWhatIsTrueOfRandomSpans() {
    long seed = 20261124;
    Random random = new Random(seed);
    int proved = 0;
    int extendable = 0;
    int absent = 0;
    for (int round = 0; round < 700; round++) {
      List<Document> documents = PlainCorpus.random(random);
      CorpusCommitment commitment = CorpusCommitment.of(PlainCorpus.TOKENIZER, documents);
      SpanProver prover = new SpanProver(commitment);
      for (int i = 0; i < 40; i++) {
        String what = "seed %d, round %d, span %d".formatted(seed, round, i);
        Document document = documents.get(random.nextInt(documents.size()));
        int[] answer = answer(document.tokens(), random);
        int start = random.nextInt(answer.length);
        int end = start + 1 + random.nextInt(answer.length - start);
        int[] span = Arrays.copyOfRange(answer, start, end);
        if (PlainCorpus.find(document.tokens(), span) < 0) {
          absent++;
          assertThatThrownBy(() -> prover.claim(answer, start, end, document.id()))
              .as(what)
              .isInstanceOf(OpenLedgerException.class);
          continue;
        }
        SpanClaim claim = prover.claim(answer, start, end, document.id());
        assertThat(claim.offset()).isEqualTo(PlainCorpus.find(document.tokens(), span));
        int[] left = Arrays.copyOfRange(answer, Math.max(0, start - 1), end);
        int[] right = Arrays.copyOfRange(answer, start, Math.min(answer.length, end + 1));
        if ((start > 0 && PlainCorpus.occurs(documents, left))
            || (end < answer.length && PlainCorpus.occurs(documents, right))) {
          extendable++;
          assertThatThrownBy(() -> prover.prove(claim))
              .as(what)
              .isInstanceOf(OpenLedgerException.class)
              .hasMessageContaining("longer");
        } else {
          proved++;
          SpanProof proof = prover.prove(claim);
          assertThatCode(() -> SpanVerifier.verify(commitment.root(), claim, proof.encode()))
              .as(what)
              .doesNotThrowAnyException();
          assertThat(SpanProof.decode(proof.encode())).as(what).isEqualTo(proof);
        }
      }
    }
    assertThat(proved).isGreaterThan(2000);
    assertThat(extendable).isGreaterThan(2000);
    assertThat(absent).isGreaterThan(2000);
  }

  /** A piece of a contribution between tokens that it may not have there. */
  private static int[] answer(int[] tokens, Random random) {
    int from = random.nextInt(tokens.length + 1);
    int to = from + random.nextInt(tokens.length - from + 1);
    int[] answer = new int[to - from + 2];
    System.arraycopy(tokens, from, answer, 1, to - from);
    answer[0] = random.nextInt(6);
    answer[answer.length - 1] = random.nextInt(6);
    return random.nextInt(3) == 0 && to > from
        ? Arrays.stream(answer, 1, answer.length - 1).toArray()
        : answer;
  }

  @Test
  void sortsAsThePlainTwinDoes() {
    Random random = new Random(1993);
    for (int round = 0; round < 500; round++) {
      List<Document> documents = PlainCorpus.random(random);
      int[] plain = PlainCorpus.order(documents);
      assertThat(PrefixOrder.sort(new Corpus(documents))).as("round %d", round).isEqualTo(plain);
      IntUnaryOperator induced =
          PrefixSorter.sort(documents.stream().map(Document::tokens).toList(), fraction -> {});
      assertThat(IntStream.range(0, plain.length).map(induced).toArray())
          .as("round %d", round)
          .isEqualTo(plain);
      assertThat(CorpusCommitment.of(PlainCorpus.TOKENIZER, documents, r -> plain[r]).root())
          .isEqualTo(CorpusCommitment.of(PlainCorpus.TOKENIZER, documents).root());
    }
  }

  @Test
  void refusesEveryOtherOrder() {
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 500; round++) {
      List<Document> documents = PlainCorpus.random(random);
      int[] order = PlainCorpus.order(documents);
      if (order.length < 2) {
        continue;
      }
      int i = random.nextInt(order.length - 1);
      int j = i + 1 + random.nextInt(order.length - 1 - i);
      int kept = order[i];
      order[i] = order[j];
      order[j] = random.nextBoolean() ? kept : order[i];
      assertThatThrownBy(() -> CorpusCommitment.of(PlainCorpus.TOKENIZER, documents, r -> order[r]))
          .as("round %d", round)
          .isInstanceOf(OpenLedgerException.class);
      refused++;
    }
    assertThat(refused).isGreaterThan(300);
  }

  @Test
  void provesAbsenceBelowTheFirstAndAboveTheLastRank() {
    List<Document> documents = List.of(PlainCorpus.document(0, 5, 6, 5, 7));
    SpanProver prover = new SpanProver(CorpusCommitment.of(PlainCorpus.TOKENIZER, documents));
    SpanClaim claim = prover.claim(new int[] {9, 5, 6, 5, 7, 9}, 1, 5, documents.get(0).id());
    SpanProof proof = prover.prove(claim);
    assertThat(proof.right().orElseThrow().rank()).isEqualTo(4);
    assertThat(proof.right().orElseThrow().above()).isEmpty();
    SpanProof first =
        prover.prove(prover.claim(new int[] {5, 6, 5, 7, 0}, 0, 4, documents.get(0).id()));
    assertThat(first.right().orElseThrow().rank()).isZero();
    assertThat(first.right().orElseThrow().below()).isEmpty();
  }

  @Test
  void provesTheWholeContributionAtBothItsEnds() {
    List<Document> documents =
        List.of(PlainCorpus.document(0, 1, 2, 3), PlainCorpus.document(1, 2, 3, 1, 1, 2));
    CorpusCommitment commitment = CorpusCommitment.of(PlainCorpus.TOKENIZER, documents);
    SpanProver prover = new SpanProver(commitment);
    // 3 1 2 and 2 3 1 2 would be there if contributions were joined
    SpanClaim claim = prover.claim(new int[] {3, 1, 2, 3, 2}, 1, 4, documents.get(0).id());
    SpanVerifier.verify(commitment.root(), claim, prover.prove(claim));
    assertThat(claim.previous()).isEqualTo(OptionalInt.of(3));
  }

  @Test
  void emptyCorpusHasARootAndNoClaims() {
    CorpusCommitment nothing = CorpusCommitment.of(PlainCorpus.TOKENIZER, List.of());
    assertThat(CorpusCommitment.matches(nothing.root(), PlainCorpus.TOKENIZER, List.of())).isTrue();
    List<Document> empty = List.of(PlainCorpus.document(0));
    CorpusCommitment commitment = CorpusCommitment.of(PlainCorpus.TOKENIZER, empty);
    assertThat(commitment.root()).isNotEqualTo(nothing.root());
    assertThatThrownBy(
            () -> new SpanProver(commitment).claim(new int[] {1}, 0, 1, empty.get(0).id()))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void commitsToTheTreeOfTheEngine() {
    Random random = new Random(3);
    List<Document> documents = PlainCorpus.random(random);
    CorpusCommitment commitment = CorpusCommitment.of(PlainCorpus.TOKENIZER, documents);
    assertThat(commitment.contributions().root())
        .isEqualTo(MerkleTree.of(commitment.contributionDigests()).root());
  }

  @Test
  void anyChangeOfTheDataChangesTheRoot() {
    List<Document> documents = List.of(PlainCorpus.document(0, 1, 2), PlainCorpus.document(1, 3));
    Hash256 root = CorpusCommitment.of(PlainCorpus.TOKENIZER, documents).root();
    assertThat(CorpusCommitment.matches(root, PlainCorpus.TOKENIZER, documents)).isTrue();
    assertThat(CorpusCommitment.matches(root, Hash256.ZERO, documents)).isFalse();
    for (List<Document> other :
        List.of(
            List.of(documents.get(0)),
            List.of(documents.get(0), PlainCorpus.document(1, 4)),
            List.of(documents.get(0), PlainCorpus.document(2, 3)),
            List.of(PlainCorpus.document(0, 1), PlainCorpus.document(1, 2, 3)),
            List.of(documents.get(0), new Document(documents.get(1).id(), root, new int[] {3})))) {
      assertThat(CorpusCommitment.matches(root, PlainCorpus.TOKENIZER, other)).isFalse();
    }
  }

  @Test
  void refusesContributionsOutOfOrderAndNegativeTokens() {
    Document one = PlainCorpus.document(0, 1);
    for (List<Document> wrong :
        List.of(
            List.of(one, one),
            List.of(PlainCorpus.document(1, 1), one),
            List.of(PlainCorpus.document(0, -1)))) {
      assertThatThrownBy(() -> CorpusCommitment.of(PlainCorpus.TOKENIZER, wrong))
          .isInstanceOf(OpenLedgerException.class);
    }
  }

  @Test
  void treesAreThoseOfTheDefinition() {
    for (int n = 0; n < 200; n++) {
      List<Hash256> entries =
          IntStream.range(0, n).mapToObj(i -> Hash256.sha256("entry " + i)).toList();
      PrunedTree pruned = new PrunedTree(n, (sha256, i) -> sha256.leaf(entries.get(i).toBytes()));
      assertThat(pruned.root()).isEqualTo(MerkleTree.of(entries).root());
      if (n > 0) {
        int at = (n * 7) % n == 0 ? n / 2 : 0;
        assertThat(MultiProof.siblings(pruned, new java.util.TreeSet<>(List.of(at))))
            .isEqualTo(MerkleTree.of(entries).path(at));
      }
    }
  }
}
