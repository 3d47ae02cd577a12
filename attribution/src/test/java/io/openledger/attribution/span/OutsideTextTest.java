package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanIndex.Document;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.SpanAttributionEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Text whose tokens are not known, against contributions that it was cut out of. */
class OutsideTextTest {

  private static final DatanetId NET = new DatanetId("net");
  private static final SpanThresholds THRESHOLDS = new SpanThresholds(2, 0, 10);
  private static final String CONTRIBUTION =
      "Rivers rise in spring. The miller opens seven gates before dawn, and the valley listens.";

  @TempDir Path directory;

  private final SpanAttributionEngine engine = new SpanAttributionEngine();
  private final Words words = new Words();
  private SpanIndex index;

  /** Words with the blank before them, as in byte-level BPE; a blank before another is a token. */
  private static final class Words implements TextTokenizer {
    private static final Pattern PIECES = Pattern.compile(" ?\\p{L}+| ?[^\\s\\p{L}]+|\\s");
    private final Map<String, Integer> ids = new HashMap<>();

    @Override
    public TokenizedText encode(String text) {
      List<int[]> found = new ArrayList<>();
      Matcher matcher = PIECES.matcher(text);
      while (matcher.find()) {
        int id = ids.computeIfAbsent(matcher.group(), piece -> ids.size());
        found.add(new int[] {id, matcher.start(), matcher.end()});
      }
      return new TokenizedText(
          found.stream().mapToInt(f -> f[0]).toArray(),
          found.stream().mapToInt(f -> f[1]).toArray(),
          found.stream().mapToInt(f -> f[2]).toArray());
    }

    @Override
    public String decode(int[] tokens) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int vocabularySize() {
      return 1000;
    }

    @Override
    public Hash256 digest() {
      return Hash256.sha256("words");
    }
  }

  @BeforeEach
  void open() {
    index = engine.open(directory, words.digest(), words.vocabularySize());
    index.append(List.of(new Document(1, words.encode(CONTRIBUTION).tokens())));
  }

  @AfterEach
  void close() {
    index.close();
  }

  /** The text that is found. */
  private List<String> found(String text) {
    return engine.trace(text, words, Map.of(NET, index), THRESHOLDS).stream()
        .map(span -> text.substring(span.start(), span.end()))
        .toList();
  }

  @Test
  void findsASentenceCutOutWithoutItsLeadingBlankWhole() {
    String sentence = "The miller opens seven gates before dawn, and the valley listens.";
    assertThat(found(sentence)).containsExactly(sentence);
    List<SpanMatch> plain = engine.trace(words.encode(sentence), Map.of(NET, index), THRESHOLDS);
    assertThat(plain)
        .singleElement()
        .satisfies(span -> assertThat(span.start()).isEqualTo("The".length()));
  }

  @Test
  void findsTheBeginningOfAContributionWhole() {
    assertThat(found("Rivers rise in spring.")).containsExactly("Rivers rise in spring.");
    assertThat(found(CONTRIBUTION)).containsExactly(CONTRIBUTION);
  }

  @Test
  void keepsALeadingBlankThatTheTextHas() {
    assertThat(found(" opens seven gates")).containsExactly(" opens seven gates");
  }

  @Test
  void losesOnlyTheWordsThatAreCutShort() {
    assertThat(found("ller opens seven gates bef")).containsExactly(" opens seven gates");
  }

  @Test
  void findsNothingInNothingNorElsewhere() {
    assertThat(found("")).isEmpty();
    assertThat(found("Zebras vex wizards")).isEmpty();
  }

  @Test
  void theAddedBlankAloneIsNoEvidence() {
    TextTokenizer characters =
        new TextTokenizer() {
          @Override
          public TokenizedText encode(String text) {
            int[] starts = java.util.stream.IntStream.range(0, text.length()).toArray();
            int[] ends = java.util.stream.IntStream.rangeClosed(1, text.length()).toArray();
            return new TokenizedText(text.chars().toArray(), starts, ends);
          }

          @Override
          public String decode(int[] tokens) {
            return new String(tokens, 0, tokens.length);
          }

          @Override
          public int vocabularySize() {
            return 128;
          }

          @Override
          public Hash256 digest() {
            return Hash256.sha256("characters");
          }
        };
    for (TokenizedText reading :
        List.of(characters.encode("ab"), characters.encodeBehindBlank("ab").orElseThrow())) {
      assertThat(reading.tokens()).containsExactly('a', 'b');
      assertThat(reading.starts()).containsExactly(0, 1);
      assertThat(reading.ends()).containsExactly(1, 2);
    }
  }
}
