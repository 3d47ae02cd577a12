package io.openledger.attribution.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.spi.CommittedCorpus;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.attribution.proof.CorpusCommitment.Document;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the SPI proves of stretches, maximal or cut. */
class ProvableCorpusTest {

  private static final long SEED = 20261125;

  private static ProvableCorpus commit(List<Document> documents) {
    return (ProvableCorpus)
        new SpanAttributionEngine()
            .commit(
                PlainCorpus.TOKENIZER,
                documents.stream()
                    .map(d -> new CommittedCorpus.Document(d.id(), d.content(), d.tokens()))
                    .toList(),
                fraction -> {});
  }

  @Test
  void provesEveryStretchThatAContributionHasAndAMaximalOneAroundIt() {
    Random random = new Random(SEED);
    int whole = 0;
    int two = 0;
    int absent = 0;
    for (int round = 0; round < 400; round++) {
      List<Document> documents = PlainCorpus.random(random);
      ProvableCorpus corpus = commit(documents);
      assertThat(corpus.root())
          .isEqualTo(CorpusCommitment.of(PlainCorpus.TOKENIZER, documents).root());
      for (int i = 0; i < 20; i++) {
        String what = "seed %d, round %d, stretch %d".formatted(SEED, round, i);
        int[] answer = random.ints(1 + random.nextInt(30), 0, 4).toArray();
        int start = random.nextInt(answer.length);
        int end = start + 1 + random.nextInt(Math.min(3, answer.length - start));
        Document named = documents.get(random.nextInt(documents.size()));
        int[] stretch = Arrays.copyOfRange(answer, start, end);
        if (PlainCorpus.find(named.tokens(), stretch) < 0) {
          absent++;
          assertThatThrownBy(() -> corpus.prove(answer, start, end, named.id()))
              .as(what)
              .isInstanceOf(OpenLedgerException.class);
          continue;
        }
        List<CommittedCorpus.Proof> proofs = corpus.prove(answer, start, end, named.id());
        proofs.forEach(p -> SpanVerifier.verify(corpus.root(), p.claim(), p.bytes()));
        SpanClaim first = proofs.get(0).claim();
        SpanClaim last = proofs.get(proofs.size() - 1).claim();
        assertThat(first.contribution()).as(what).isEqualTo(named.id());
        assertThat(proofs).as(what).hasSizeBetween(1, 2);
        if (proofs.size() == 2) {
          two++;
          assertThat(Strings.span(first)).as(what).isEqualTo(stretch);
          assertThat(first.previous().isPresent() || first.next().isPresent()).isFalse();
          assertThat(PlainCorpus.find(named.tokens(), Strings.span(last))).as(what).isNegative();
        } else {
          whole++;
        }
        requireMaximal(documents, answer, start, end, last, what);
      }
    }
    assertThat(whole).isGreaterThan(1000);
    assertThat(two).isGreaterThan(100);
    assertThat(absent).isGreaterThan(1000);
  }

  /** Somewhere in the answer, around the stretch, with the answer's own neighbours, and longest. */
  private static void requireMaximal(
      List<Document> documents, int[] answer, int start, int end, SpanClaim claim, String what) {
    List<Integer> places = new ArrayList<>();
    int[] span = Strings.span(claim);
    for (int from = Math.max(0, end - span.length); from <= start; from++) {
      int to = from + span.length;
      if (to <= answer.length
          && Arrays.equals(answer, from, to, span, 0, span.length)
          && claim.previous().isPresent() == from > 0
          && claim.next().isPresent() == to < answer.length
          && (from == 0 || claim.previous().getAsInt() == answer[from - 1])
          && (to == answer.length || claim.next().getAsInt() == answer[to])) {
        places.add(from);
      }
    }
    assertThat(places).as(what).isNotEmpty();
    if (claim.previous().isPresent()) {
      assertThat(PlainCorpus.occurs(documents, Strings.left(claim))).as(what).isFalse();
    }
    if (claim.next().isPresent()) {
      assertThat(PlainCorpus.occurs(documents, Strings.right(claim))).as(what).isFalse();
    }
  }

  @Test
  void hearsRisingFractionsAndStopsWhenTheListenerThrows() {
    List<Document> documents =
        List.of(PlainCorpus.document(0, new Random(SEED).ints(300_000, 0, 50).toArray()));
    List<Double> heard = new ArrayList<>();
    SpanAttributionEngine engine = new SpanAttributionEngine();
    List<CommittedCorpus.Document> committed =
        List.of(
            new CommittedCorpus.Document(
                documents.get(0).id(), documents.get(0).content(), documents.get(0).tokens()));
    engine.commit(PlainCorpus.TOKENIZER, committed, heard::add);
    assertThat(heard).isSorted().hasSizeGreaterThan(10).last().isEqualTo(1.0);
    assertThatThrownBy(
            () ->
                engine.commit(
                    PlainCorpus.TOKENIZER,
                    committed,
                    fraction -> {
                      if (fraction > 0.5) {
                        throw new IllegalStateException("enough");
                      }
                    }))
        .hasMessage("enough");
  }

  @Test
  void refusesACorpusThatTheHeapCannotHold() {
    int[] tokens = new int[1 << 16];
    List<CommittedCorpus.Document> many = new ArrayList<>();
    // the same array again and again: counted, not copied
    for (long all = 0; all <= Math.min(1L << 28, Runtime.getRuntime().maxMemory() / 40); ) {
      many.add(
          new CommittedCorpus.Document(
              PlainCorpus.document(many.size() + 3).id(), PlainCorpus.TOKENIZER, tokens));
      all += tokens.length;
    }
    assertThatThrownBy(
            () -> new SpanAttributionEngine().commit(PlainCorpus.TOKENIZER, many, fraction -> {}))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CORPUS_TOO_LARGE));
  }
}
