package io.openledger.attribution.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.attribution.proof.CorpusCommitment.Document;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MutatedSpanProofTest {

  private static final long SEED = 4711;

  private record Proven(Hash256 root, SpanClaim claim, SpanProof proof, byte[] bytes) {}

  /** Proofs over random corpora, all-equal ones among them, with both sides, one and none. */
  private static List<Proven> proofs(int count) {
    Random random = new Random(SEED);
    List<Proven> proofs = new ArrayList<>();
    while (proofs.size() < count) {
      List<Document> documents = PlainCorpus.random(random);
      CorpusCommitment commitment = CorpusCommitment.of(PlainCorpus.TOKENIZER, documents);
      SpanProver prover = new SpanProver(commitment);
      Document document = documents.get(random.nextInt(documents.size()));
      int[] tokens = document.tokens();
      if (tokens.length == 0) {
        continue;
      }
      int start = random.nextInt(tokens.length);
      int end = start + 1 + random.nextInt(tokens.length - start);
      SpanClaim claim =
          new SpanClaim(
              PlainCorpus.TOKENIZER,
              document.id(),
              start,
              Arrays.stream(tokens, start, end).boxed().toList(),
              side(random),
              side(random));
      try {
        SpanProof proof = prover.prove(claim);
        SpanVerifier.verify(commitment.root(), claim, proof.encode());
        proofs.add(new Proven(commitment.root(), claim, proof, proof.encode()));
      } catch (OpenLedgerException e) {
        // not maximal: there must be no proof of it, and another is drawn
        assertThat(e).hasMessageContaining("longer");
      }
    }
    return proofs;
  }

  private static OptionalInt side(Random random) {
    return random.nextInt(4) == 0 ? OptionalInt.empty() : OptionalInt.of(random.nextInt(6));
  }

  private static void refused(Hash256 root, SpanClaim claim, byte[] bytes, String what) {
    assertThatThrownBy(() -> SpanVerifier.verify(root, claim, bytes))
        .as("seed %d, %s", SEED, what)
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void everyFlippedBitOfEveryByteIsRefused() {
    int mutations = 0;
    for (Proven p : proofs(60)) {
      for (int bit = 0; bit < 8 * p.bytes().length; bit++) {
        byte[] flipped = p.bytes().clone();
        flipped[bit / 8] ^= (byte) (1 << (bit % 8));
        refused(p.root(), p.claim(), flipped, "bit " + bit);
        mutations++;
      }
    }
    assertThat(mutations).isGreaterThan(100_000);
  }

  @Test
  void everyCutAndEveryAdditionIsRefused() {
    Random random = new Random(SEED);
    for (Proven p : proofs(40)) {
      for (int length = 0; length < p.bytes().length; length++) {
        refused(p.root(), p.claim(), Arrays.copyOf(p.bytes(), length), "cut to " + length);
      }
      for (int more = 1; more <= 40; more++) {
        byte[] longer = Arrays.copyOf(p.bytes(), p.bytes().length + more);
        refused(p.root(), p.claim(), longer, more + " zeros more");
        longer[p.bytes().length + random.nextInt(more)] = 1;
        refused(p.root(), p.claim(), longer, more + " bytes more");
      }
    }
  }

  @Test
  void everySwapOfWordsIsRefused() {
    Random random = new Random(SEED);
    int mutations = 0;
    for (Proven p : proofs(200)) {
      for (int i = 0; i < 100; i++) {
        byte[] swapped = p.bytes().clone();
        int width = random.nextBoolean() ? 4 : 32;
        int a = 4 * random.nextInt((swapped.length - width) / 4 + 1);
        int b = 4 * random.nextInt((swapped.length - width) / 4 + 1);
        if (Math.abs(a - b) < width) {
          continue;
        }
        System.arraycopy(p.bytes(), a, swapped, b, width);
        System.arraycopy(p.bytes(), b, swapped, a, width);
        if (!Arrays.equals(swapped, p.bytes())) {
          refused(p.root(), p.claim(), swapped, "words " + a + " and " + b);
          mutations++;
        }
      }
    }
    assertThat(mutations).isGreaterThan(10_000);
  }

  @Test
  void proofsOfOtherClaimsAndUnderOtherRootsAreRefused() {
    List<Proven> proofs = proofs(150);
    int mutations = 0;
    for (Proven p : proofs) {
      for (Proven q : proofs) {
        if (!p.claim().equals(q.claim())) {
          refused(p.root(), p.claim(), q.bytes(), "another claim's proof");
          mutations++;
        }
        if (!p.root().equals(q.root())) {
          refused(q.root(), p.claim(), p.bytes(), "another root");
          mutations++;
        }
      }
    }
    assertThat(mutations).isGreaterThan(10_000);
  }

  @Test
  void changedClaimsAreRefused() {
    for (Proven p : proofs(300)) {
      SpanClaim c = p.claim();
      List<Integer> tokens = new ArrayList<>(c.tokens());
      tokens.set(tokens.size() / 2, tokens.get(tokens.size() / 2) + 1);
      List<Integer> longer = new ArrayList<>(c.tokens());
      longer.add(0);
      for (SpanClaim other :
          List.of(
              new SpanClaim(
                  Hash256.ZERO, c.contribution(), c.offset(), c.tokens(), c.previous(), c.next()),
              new SpanClaim(
                  c.tokenizer(),
                  new io.openledger.api.datanet.ContributionId(
                      c.contribution().datanet(), c.contribution().sequence() + 1),
                  c.offset(),
                  c.tokens(),
                  c.previous(),
                  c.next()),
              with(c, c.offset() + 1, c.tokens(), c.previous(), c.next()),
              with(c, c.offset(), tokens, c.previous(), c.next()),
              with(c, c.offset(), longer, c.previous(), c.next()),
              with(c, c.offset(), c.tokens(), toggled(c.previous()), c.next()),
              with(c, c.offset(), c.tokens(), c.previous(), toggled(c.next())))) {
        refused(p.root(), other, p.bytes(), "changed claim");
      }
    }
  }

  private static OptionalInt toggled(OptionalInt side) {
    return side.isPresent() ? OptionalInt.empty() : OptionalInt.of(5);
  }

  private static SpanClaim with(
      SpanClaim c, int offset, List<Integer> tokens, OptionalInt previous, OptionalInt next) {
    return new SpanClaim(c.tokenizer(), c.contribution(), offset, tokens, previous, next);
  }

  @Test
  void hostileNumbersAreRefusedBeforeAnythingIsAllocated() {
    Random random = new Random(SEED);
    List<Proven> proofs = proofs(20);
    int[] hostile = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 28, 1 << 30, 4096, 0};
    for (Proven p : proofs) {
      for (int word = 8; word + 4 <= p.bytes().length; word += 4) {
        for (int value : hostile) {
          byte[] bytes = p.bytes().clone();
          for (int i = 0; i < 4; i++) {
            bytes[word + i] = (byte) (value >>> (8 * i));
          }
          if (!Arrays.equals(bytes, p.bytes())) {
            refused(p.root(), p.claim(), bytes, value + " at " + word);
          }
        }
      }
      byte[] noise = new byte[random.nextInt(5000)];
      random.nextBytes(noise);
      System.arraycopy(p.bytes(), 0, noise, 0, Math.min(noise.length, 16));
      refused(p.root(), p.claim(), noise, "noise");
    }
    refused(
        proofs.get(0).root(),
        proofs.get(0).claim(),
        new byte[SpanProofCodec.MOST_BYTES + 1],
        "more than the limit");
  }
}
