package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.attribution.Fixture;
import io.openledger.attribution.SpanAttributionEngine;
import io.openledger.attribution.index.SegmentedSpanIndex;
import io.openledger.attribution.index.SpanView;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which copies with changed words are caught, by exact matching and by {@link MinHash}, on passages
 * of real speeches of 400 tokens. Every changed token is a random one, at a random place, which
 * leaves the fewest stretches whole; both see stretches of four tokens.
 *
 * <p>Exact matching asks how much of the new text one earlier text has, MinHash how much two texts
 * have in common of what both have together: a copy among as much own text looks only half alike,
 * and at a threshold below that MinHash takes strangers for copies sooner.
 */
class NearDuplicateRecallTest {

  private static final long SEED = 20261125;
  private static final int LENGTH = 400;
  private static final int COPIES = 200;
  // of the default policy
  private static final int BASIS_POINTS = 6000;
  // as common practice has it, and as far down as a copy of which 60 % are left whole needs: the
  // Jaccard index of c in common of equally long texts is c / (2 - c)
  private static final double COMMON = 0.5;
  private static final double AS_LOW = 0.6 / 1.4;

  @TempDir Path directory;

  private final SpanAttributionEngine engine = new SpanAttributionEngine();
  private final MinHash minHash = new MinHash();
  private final Random random = new Random(SEED);

  private static int[] changed(int[] text, int percent, Random random) {
    int[] changed = text.clone();
    for (int i = 0; i < changed.length; i++) {
      if (random.nextInt(100) < percent) {
        changed[i] = random.nextInt(Fixture.VOCABULARY);
      }
    }
    return changed;
  }

  private static int[] amongOwn(int[] copy, Random random) {
    int[] text = random.ints(copy.length * 3L / 2, 0, Fixture.VOCABULARY).toArray();
    System.arraycopy(copy, 0, text, copy.length / 4, copy.length);
    return text;
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** How many of the copies each way catches, in per cent. */
  private record Caught(double exact, double common, double low, double micros, double minMicros) {}

  private Caught caught(
      SpanIndex index, List<int[]> passages, List<long[]> known, List<int[]> texts) {
    int exact = 0;
    int common = 0;
    int low = 0;
    long time = 0;
    long minTime = 0;
    for (int i = 0; i < texts.size(); i++) {
      long start = cpu();
      OptionalLong found = engine.nearDuplicateOf(texts.get(i), index, BASIS_POINTS);
      time += cpu() - start;
      exact += found.isPresent() ? 1 : 0;
      start = cpu();
      long[] signature = minHash.signature(texts.get(i));
      double most = 0;
      for (int p = 0; p < passages.size(); p++) {
        most = Math.max(most, MinHash.resemblance(signature, known.get(p)));
      }
      minTime += cpu() - start;
      common += most >= COMMON ? 1 : 0;
      low += most >= AS_LOW ? 1 : 0;
    }
    double percent = 100.0 / texts.size();
    return new Caught(
        exact * percent,
        common * percent,
        low * percent,
        time / 1e3 / texts.size(),
        minTime / 1e3 / texts.size());
  }

  @Test
  void catchesChangedCopiesThatMinHashLoses() throws Exception {
    Fixture fixture = Fixture.load();
    List<int[]> passages = new ArrayList<>();
    for (Document speech : fixture.documents) {
      for (int at = 0; at + LENGTH <= speech.tokens().length; at += LENGTH) {
        passages.add(Arrays.copyOfRange(speech.tokens(), at, at + LENGTH));
      }
    }
    // every other passage is contributed, the others are nobody's copies
    List<int[]> contributed = new ArrayList<>();
    List<int[]> strangers = new ArrayList<>();
    for (int i = 0; i < passages.size(); i++) {
      (i % 2 == 0 ? contributed : strangers).add(passages.get(i));
    }
    List<long[]> known = contributed.stream().map(minHash::signature).toList();
    try (SpanIndex index = engine.open(directory, Hash256.sha256("recall"), Fixture.VOCABULARY)) {
      List<Document> documents = new ArrayList<>();
      for (int[] one : contributed) {
        documents.add(new Document(documents.size() + 1L, one));
      }
      index.append(documents);
      for (int percent : new int[] {5, 10, 15, 20}) {
        List<int[]> copies = new ArrayList<>();
        List<int[]> hidden = new ArrayList<>();
        for (int i = 0; i < COPIES; i++) {
          int[] copy =
              changed(contributed.get(random.nextInt(contributed.size())), percent, random);
          copies.add(copy);
          hidden.add(amongOwn(copy, random));
        }
        Caught plain = caught(index, contributed, known, copies);
        Caught padded = caught(index, contributed, known, hidden);
        System.out.printf(
            Locale.ROOT,
            "seed %d, %d %% changed: exact %.1f %%, MinHash >= 0.50 %.1f %%, >= 0.43 %.1f %%;"
                + " among half as much own text: %.1f, %.1f, %.1f %%; %.0f and %.0f µs a text of"
                + " %d%n",
            SEED,
            percent,
            plain.exact(),
            plain.common(),
            plain.low(),
            padded.exact(),
            padded.common(),
            padded.low(),
            plain.micros(),
            plain.minMicros(),
            contributed.size());
        assertThat(plain.exact()).isGreaterThanOrEqualTo(percent < 20 ? 99 : 85);
        assertThat(plain.exact()).isGreaterThanOrEqualTo(plain.low());
        // with more changed, less than the policy's 60 % of the padded text is anybody's
        if (percent == 5) {
          assertThat(padded.exact()).isGreaterThanOrEqualTo(Math.max(90, padded.low()));
        }
      }
      Caught none = caught(index, contributed, known, strangers.subList(0, COPIES));
      System.out.printf(
          Locale.ROOT,
          "strangers taken for copies: %.1f, %.1f, %.1f %%%n",
          none.exact(),
          none.common(),
          none.low());
      assertThat(none.exact()).isZero();
    }
  }

  /** Longest matches of such a text would take hours; the rule needs none. */
  @Test
  void textThatRepeatsOneWordLongerThanADocumentDoesIsComparedSoon() {
    int[] run = new int[20_000];
    int[] longer = new int[60_000];
    try (SegmentedSpanIndex index = SegmentedSpanIndex.open(directory, Hash256.ZERO, 10, 1 << 20)) {
      index.append(List.of(new Document(1, run)));
      try (SpanView view = index.view()) {
        assertThat(NearDuplicates.earliest(longer, view, 9000)).hasValue(1);
        longer[30_000] = 1;
        assertThat(NearDuplicates.earliest(longer, view, 10_000)).isEmpty();
      }
    }
  }
}
