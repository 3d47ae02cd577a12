package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.IndexForm;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.SpanAttributionEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streamed evidence against the evidence of the whole text. */
class SpanStreamTest {

  private static final SpanThresholds ALL = new SpanThresholds(1, 0, 1000);

  @TempDir Path directory;

  private final SpanAttributionEngine engine = new SpanAttributionEngine();
  private final Map<DatanetId, SpanIndex> indexes = new HashMap<>();

  @AfterEach
  void close() {
    indexes.values().forEach(SpanIndex::close);
  }

  private SpanIndex datanet(String name) {
    return datanet(name, IndexForm.FAST);
  }

  private SpanIndex datanet(String name, IndexForm form) {
    SpanIndex index =
        engine.open(directory.resolve(name), Hash256.sha256("stream"), 50, Runnable::run, form);
    indexes.put(new DatanetId(name), index);
    return index;
  }

  /** Some tokens have no character, some share one with the next. */
  private static TokenizedText text(Random random, int[] tokens) {
    int[] starts = new int[tokens.length];
    int[] ends = new int[tokens.length];
    int at = 0;
    for (int i = 0; i < tokens.length; i++) {
      starts[i] = at;
      ends[i] = at + random.nextInt(3);
      at = random.nextInt(4) == 0 ? at : ends[i];
    }
    return new TokenizedText(tokens, starts, ends);
  }

  private void assertSame(TokenizedText text, SpanThresholds thresholds, String claim) {
    List<SpanMatch> whole = engine.trace(text, indexes, thresholds);
    List<SpanMatch> pushed = new ArrayList<>();
    try (EvidenceStream stream = engine.stream(indexes, thresholds)) {
      for (int i = 0; i < text.length(); i++) {
        pushed.addAll(stream.push(text.tokens()[i], text.starts()[i], text.ends()[i]));
        assertThat(whole.subList(0, Math.min(pushed.size(), whole.size())))
            .as("%s, certain after token %d", claim, i)
            .isEqualTo(pushed);
      }
      assertThat(stream.finish()).as(claim).isEqualTo(whole);
      assertThat(stream.finish()).as(claim).isEqualTo(whole);
    }
  }

  @ParameterizedTest
  @EnumSource
  void equalsTheTraceOfTheWholeTextOnRandomDatanets(IndexForm form) {
    int found = 0;
    for (long seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      indexes.values().forEach(SpanIndex::close);
      indexes.clear();
      int alphabet = 2 + random.nextInt(6);
      for (int net = random.nextInt(4); net > 0; net--) {
        SpanIndex index = datanet("n" + seed + "-" + net, form);
        List<Document> documents = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
          int[] tokens = random.ints(1 + random.nextInt(60), 0, alphabet).toArray();
          documents.add(new Document(i, tokens));
        }
        index.append(documents);
        // rewrites what is small, and so in another form than it was appended in
        index.merge();
        assertThat(index.forms()).containsExactly(Map.entry(form, 1));
        index.retract(3);
      }
      for (int round = 0; round < 40; round++) {
        int[] tokens = random.ints(random.nextInt(200), 0, alphabet + 1).toArray();
        SpanThresholds thresholds =
            new SpanThresholds(1 + random.nextInt(6), random.nextInt(9000), 1 + random.nextInt(5));
        TokenizedText text = text(random, tokens);
        assertSame(text, thresholds, "seed " + seed + ", round " + round);
        found += engine.trace(text, indexes, thresholds).size();
      }
    }
    assertThat(found).isGreaterThan(1000);
  }

  @Test
  void equalsTheTraceOfOneWordRepeated() {
    int[] word = new int[50];
    datanet("a").append(List.of(new Document(1, word)));
    assertSame(text(new Random(1), new int[400]), ALL, "one word");
  }

  @Test
  void reportsASpanAsSoonAsNothingCanChangeIt() {
    datanet("a").append(List.of(new Document(1, new int[] {1, 2, 3, 4, 5, 6})));
    try (EvidenceStream stream = engine.stream(indexes, ALL)) {
      for (int token = 1; token <= 4; token++) {
        assertThat(stream.push(token, token, token + 1)).isEmpty();
      }
      assertThat(stream.push(40, 5, 6))
          .singleElement()
          .satisfies(s -> assertThat(s.tokens()).isEqualTo(4));
      assertThat(stream.finish()).hasSize(1);
    }
  }

  @Test
  void seesTheDatanetsAsTheyWereWhenItWasOpened() {
    SpanIndex index = datanet("a");
    index.append(List.of(new Document(1, new int[] {1, 2, 3})));
    try (EvidenceStream stream = engine.stream(indexes, ALL)) {
      index.retract(1);
      for (int token = 1; token <= 3; token++) {
        stream.push(token, token, token + 1);
      }
      assertThat(stream.finish()).hasSize(1);
    }
    assertThat(engine.trace(text(new Random(2), new int[] {1, 2, 3}), indexes, ALL)).isEmpty();
  }

  @Test
  void refusesFallingOffsetsAndUseAfterItsEnd() {
    EvidenceStream stream = engine.stream(indexes, ALL);
    stream.push(1, 5, 6);
    assertThatThrownBy(() -> stream.push(1, 4, 6)).isInstanceOf(OpenLedgerException.class);
    assertThatThrownBy(() -> stream.push(1, 7, 6)).isInstanceOf(OpenLedgerException.class);
    assertThat(stream.finish()).isEmpty();
    assertThatThrownBy(() -> stream.push(1, 6, 7)).isInstanceOf(IllegalStateException.class);
    stream.close();
    stream.close();
    assertThatThrownBy(stream::finish).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void longestEndingEqualsTheDefinition() {
    SpanIndex index = datanet("a");
    Random random = new Random(3);
    for (int i = 1; i <= 4; i++) {
      index.append(List.of(new Document(i, random.ints(30, 0, 3).toArray())));
    }
    int[] text = random.ints(60, 0, 4).toArray();
    try (var view = ((io.openledger.attribution.index.SegmentedSpanIndex) index).view()) {
      for (int end = 0; end <= text.length; end++) {
        int longest = 0;
        for (int start = 0; start < end; start++) {
          if (view.longestMatches(Arrays.copyOf(text, end))[start] == end - start) {
            longest = Math.max(longest, end - start);
          }
        }
        assertThat(view.longestEnding(text, end)).as("end %d", end).isEqualTo(longest);
      }
    }
  }
}
