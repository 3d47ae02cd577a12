package io.openledger.attribution.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.CommittedCorpus;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.SpanAttributionEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From an index of several segments, with retractions, to proofs of the spans that it finds. */
class IndexedProofsTest {

  private static final long SEED = 20261125;
  private static final int VOCABULARY = 40;
  private static final DatanetId DATANET = new DatanetId("indexed");
  private static final SpanThresholds ALL = new SpanThresholds(2, 0, 1);

  @TempDir Path folder;
  private final SpanAttributionEngine engine = new SpanAttributionEngine();
  private final Random random = new Random(SEED);

  /** 60 documents that repeat each other in part, each third of them retracted again. */
  private SpanIndex index() {
    SpanIndex index = engine.open(folder.resolve("i"), PlainCorpus.TOKENIZER, VOCABULARY);
    int[] common = random.ints(200, 0, VOCABULARY).toArray();
    for (int sequence = 1; sequence <= 60; sequence++) {
      int[] own = random.ints(60 + random.nextInt(200), 0, VOCABULARY).toArray();
      int length = 30 + random.nextInt(30);
      System.arraycopy(common, random.nextInt(140), own, random.nextInt(own.length - 59), length);
      index.append(List.of(new SpanIndex.Document(sequence, own)));
      if (sequence % 3 == 0) {
        index.retract(sequence - random.nextInt(2));
      }
    }
    return index;
  }

  private CommittedCorpus commit(SpanIndex index) {
    List<CommittedCorpus.Document> documents = new ArrayList<>();
    for (long sequence : index.documents()) {
      documents.add(
          new CommittedCorpus.Document(
              new ContributionId(DATANET, sequence),
              Hash256.sha256("content " + sequence),
              index.tokens(sequence).orElseThrow()));
    }
    return engine.commit(PlainCorpus.TOKENIZER, documents, fraction -> {});
  }

  /** Pieces of documents with noise between them. */
  private int[] answer(SpanIndex index) {
    List<Integer> answer = new ArrayList<>();
    long[] sequences = index.documents();
    for (int piece = 0; piece < 6; piece++) {
      int[] from = index.tokens(sequences[random.nextInt(sequences.length)]).orElseThrow();
      int start = random.nextInt(from.length - 10);
      int end = start + 10 + random.nextInt(Math.min(60, from.length - start - 9));
      Arrays.stream(from, start, Math.min(end, from.length)).forEach(answer::add);
      random.ints(random.nextInt(3), 0, VOCABULARY).forEach(answer::add);
    }
    return answer.stream().mapToInt(Integer::intValue).toArray();
  }

  private static TokenizedText text(int[] tokens, int tokensOfACharacter) {
    int[] starts = new int[tokens.length];
    int[] ends = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      starts[i] = i / tokensOfACharacter;
      ends[i] = starts[i] + 1;
    }
    return new TokenizedText(tokens, starts, ends);
  }

  @Test
  void everySpanThatTheIndexFindsIsProvedAndNoMutationOfItsProofIs() {
    int spans = 0;
    int mutations = 0;
    try (SpanIndex index = index()) {
      assertThat(index.state().segments()).isGreaterThan(1);
      CommittedCorpus corpus = commit(index);
      for (int round = 0; round < 12; round++) {
        TokenizedText text = text(answer(index), 1);
        for (SpanMatch span : engine.trace(text, Map.of(DATANET, index), ALL)) {
          List<CommittedCorpus.Proof> proofs =
              corpus.prove(text, span, span.contributions().get(0));
          assertThat(proofs).as("seed %d, round %d, %s", SEED, round, span).hasSize(1);
          SpanClaim claim = proofs.get(0).claim();
          byte[] bytes = proofs.get(0).bytes();
          assertThat(claim.contribution()).isEqualTo(span.contributions().get(0));
          assertThat(claim.tokens())
              .isEqualTo(Arrays.stream(text.tokens(), span.start(), span.end()).boxed().toList());
          assertThat(claim.previous().isPresent()).isEqualTo(span.start() > 0);
          assertThat(claim.next().isPresent()).isEqualTo(span.end() < text.length());
          assertThat(bytes.length).isLessThanOrEqualTo(4096);
          engine.verify(corpus.root(), claim, bytes);
          for (int i = 0; i < 200; i++) {
            byte[] mutated = mutated(bytes);
            if (!Arrays.equals(mutated, bytes)) {
              refused(corpus.root(), claim, mutated, "round " + round + ", mutation " + i);
              mutations++;
            }
          }
          spans++;
        }
      }
    }
    assertThat(spans).isGreaterThan(60);
    assertThat(mutations).isGreaterThan(10_000);
  }

  private byte[] mutated(byte[] bytes) {
    byte[] mutated = bytes.clone();
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(4)) {
      case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> mutated[at] = (byte) random.nextInt(256);
      case 2 -> {
        int other = random.nextInt(bytes.length);
        int length = Math.min(4 + random.nextInt(29), bytes.length - Math.max(at, other));
        System.arraycopy(bytes, at, mutated, other, length);
      }
      default -> mutated = Arrays.copyOf(bytes, at);
    }
    return mutated;
  }

  private void refused(Hash256 root, SpanClaim claim, byte[] bytes, String what) {
    assertThatThrownBy(() -> engine.verify(root, claim, bytes))
        .as("seed %d, %s", SEED, what)
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void spansOfCharactersThatAreSeveralTokensAreProvedToo() {
    int spans = 0;
    try (SpanIndex index = index()) {
      CommittedCorpus corpus = commit(index);
      for (int round = 0; round < 20; round++) {
        TokenizedText text = text(answer(index), 3);
        for (SpanMatch span : engine.trace(text, Map.of(DATANET, index), ALL)) {
          for (CommittedCorpus.Proof proof :
              corpus.prove(text, span, span.contributions().get(0))) {
            engine.verify(corpus.root(), proof.claim(), proof.bytes());
          }
          spans++;
        }
      }
    }
    assertThat(spans).isGreaterThan(100);
  }

  @Test
  void spansThatAreCutInWordsAreProvedWithTheMaximalStretchAroundThem() {
    int cut = 0;
    try (SpanIndex index = index()) {
      CommittedCorpus corpus = commit(index);
      for (int round = 0; round < 20; round++) {
        TokenizedText text = text(answer(index), 1);
        for (SpanMatch span : engine.trace(text, Map.of(DATANET, index), ALL)) {
          if (span.tokens() < 6) {
            continue;
          }
          int start = span.start() + 1 + random.nextInt(2);
          int end = span.end() - random.nextInt(2);
          SpanMatch shorter =
              new SpanMatch(
                  start,
                  end,
                  end - start,
                  span.millibits(),
                  span.creditedMillibits(),
                  span.occurrences(),
                  span.contributionCount(),
                  span.contributions());
          List<CommittedCorpus.Proof> proofs =
              corpus.prove(text, shorter, span.contributions().get(0));
          proofs.forEach(proof -> engine.verify(corpus.root(), proof.claim(), proof.bytes()));
          SpanClaim widest = proofs.get(proofs.size() - 1).claim();
          assertThat(widest.tokens().size()).isGreaterThanOrEqualTo(shorter.tokens());
          assertThat(widest.previous().isPresent() || span.start() == 0).isTrue();
          assertThat(proofs.get(0).claim().contribution()).isEqualTo(span.contributions().get(0));
          cut++;
        }
      }
    }
    assertThat(cut).isGreaterThan(100);
  }
}
