package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex.Occurrences;
import io.openledger.attribution.index.SpanView;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What makes spans of matches, without an index, on texts on which all spans overlap. */
class SpanAssemblyTest {

  private static final DatanetId NET = new DatanetId("net");

  /**
   * Holds everything: stretches of zeros with at most two other tokens behind them in documents 1
   * and 2, all others in 2.
   */
  private static SpanView everything(AtomicInteger lookUps) {
    return (SpanView)
        Proxy.newProxyInstance(
            SpanView.class.getClassLoader(),
            new Class<?>[] {SpanView.class},
            (proxy, method, arguments) -> {
              int[] stretch =
                  Arrays.copyOfRange((int[]) arguments[0], (int) arguments[1], (int) arguments[2]);
              boolean first =
                  Arrays.stream(stretch).limit(Math.max(0, stretch.length - 2)).sum() == 0
                      && (stretch.length < 2
                          || stretch[stretch.length - 2] == 0
                          || stretch[stretch.length - 1] != 0);
              return switch (method.getName()) {
                case "earliest" -> {
                  lookUps.incrementAndGet();
                  yield first ? 1L : 2L;
                }
                case "locate" -> new Occurrences(1, 1, new long[] {first ? 1 : 2});
                default -> throw new AssertionError(method.getName());
              };
            });
  }

  private static List<SpanMatch> spans(
      int[] tokens, int longest, SpanThresholds thresholds, AtomicInteger lookUps) {
    SpanAssembly assembly =
        new SpanAssembly(new TreeMap<>(java.util.Map.of(NET, everything(lookUps))), thresholds);
    for (int t = 0; t < tokens.length; t++) {
      assembly.append(tokens[t], t, t + 1, t % 3 == 1, 1000);
      assembly.advance(Math.min(t + 1, longest));
    }
    return assembly.finish();
  }

  /** To visit every token of every span, or of every stretch, would be 10⁹ steps and more. */
  @Test
  void spansThatAllOverlapAreAssembledInOnePass() {
    int[] word = new int[100_000];
    AtomicInteger lookUps = new AtomicInteger();
    for (boolean whole : new boolean[] {false, true}) {
      List<SpanMatch> spans =
          spans(word, 20_000, new SpanThresholds(6, 0, 1, whole, 10_000), lookUps);
      assertThat(spans.size()).isGreaterThan(26_000);
      assertThat(spans.stream().mapToLong(SpanMatch::creditedMillibits).sum())
          .as("every token once")
          .isEqualTo(1000L * word.length);
    }
    // stretches of 6 and of 7 tokens
    assertThat(lookUps.get()).as("equal stretches are looked up once").isLessThan(20);
  }

  @Test
  void eachTokenIsLookedUpForAFewTimesAtMost() {
    int[] tokens = new Random(1).ints(50_000, 0, 1000).toArray();
    AtomicInteger lookUps = new AtomicInteger();
    spans(tokens, 500, new SpanThresholds(4, 0, 1), lookUps);
    // and once more at most for what stretches share
    assertThat(lookUps.get()).isLessThanOrEqualTo(4 * tokens.length);
  }

  /** Some documents, read from their beginning to their end for each question. */
  private static SpanView documents(List<int[]> texts) {
    return (SpanView)
        Proxy.newProxyInstance(
            SpanView.class.getClassLoader(),
            new Class<?>[] {SpanView.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("earliest");
              return earliest(
                  texts,
                  Arrays.copyOfRange((int[]) arguments[0], (int) arguments[1], (int) arguments[2]));
            });
  }

  private static long earliest(List<int[]> texts, int[] stretch) {
    for (int d = 0; d < texts.size(); d++) {
      int[] text = texts.get(d);
      for (int at = 0; at + stretch.length <= text.length; at++) {
        if (Arrays.equals(text, at, at + stretch.length, stretch, 0, stretch.length)) {
          return d + 1;
        }
      }
    }
    return 0;
  }

  /** The owner of a token by its definition: the least document of the stretches around it. */
  @Test
  void ownersEqualTheDefinition() {
    long seed = 17;
    Random random = new Random(seed);
    for (int round = 0; round < 3000; round++) {
      int alphabet = 1 + random.nextInt(3);
      int[] tokens = random.ints(1 + random.nextInt(40), 0, alphabet).toArray();
      List<List<int[]>> nets = new ArrayList<>();
      for (int net = 0; net < 2; net++) {
        List<int[]> texts = new ArrayList<>();
        for (int d = random.nextInt(4); d >= 0; d--) {
          // some are pieces of the text, so that spans are long
          int from = random.nextInt(tokens.length);
          texts.add(
              random.nextBoolean()
                  ? Arrays.copyOfRange(
                      tokens, from, from + random.nextInt(tokens.length - from + 1))
                  : random.ints(random.nextInt(12), 0, alphabet).toArray());
        }
        nets.add(texts);
      }
      Earliest earliest = new Earliest(nets.stream().map(SpanAssemblyTest::documents).toList());
      TokenOwners owners = new TokenOwners(2, earliest, random.nextInt(4));
      long[][] least = new long[tokens.length][2];
      int start = 0;
      int end = 0;
      while (true) {
        start += random.nextInt(3);
        end = Math.max(end, start) + random.nextInt(4);
        if (end > tokens.length || end == start) {
          break;
        }
        int[] stretch = Arrays.copyOfRange(tokens, start, end);
        owners.hold(start, stretch, start, end);
        for (int t = start; t < end; t++) {
          for (int net = 0; net < 2; net++) {
            long document = earliest(nets.get(net), stretch);
            boolean earlier = least[t][net] == 0 || document < least[t][net];
            least[t][net] = document > 0 && earlier ? document : least[t][net];
          }
        }
      }
      for (int t = 0; t < tokens.length; t++) {
        Stretch span =
            new Stretch(random.nextInt(t + 1), t + 1 + random.nextInt(tokens.length - t));
        int[] whole = Arrays.copyOfRange(tokens, span.start(), span.end());
        assertThat(owners.of(t, span, () -> earliest.of(whole, 0, whole.length)))
            .as("seed %d, round %d, token %d", seed, round, t)
            .isEqualTo(least[t]);
      }
    }
  }

  @Test
  void aQuotationThatNobodyHasTheLikeOfTakesFewLookUps() {
    int[] tokens = new Random(3).ints(2000, 1, 1000).toArray();
    AtomicInteger lookUps = new AtomicInteger();
    spans(tokens, tokens.length, new SpanThresholds(6, 0, 1), lookUps);
    assertThat(lookUps.get()).isLessThan(tokens.length / 2);
  }

  @Test
  void aSpansPartsGoToTheOwnersOfItsTokens() {
    int[] tokens = new int[10];
    Arrays.fill(tokens, 5, 10, 7);
    List<SpanMatch> spans = spans(tokens, 10, new SpanThresholds(3, 0, 1), new AtomicInteger());
    // stretches of three that begin with 0 reach up to token 6
    assertThat(spans)
        .singleElement()
        .satisfies(
            s ->
                assertThat(s.credits())
                    .containsExactly(
                        new SpanCredit(new ContributionId(NET, 1), 7000),
                        new SpanCredit(new ContributionId(NET, 2), 3000)));
  }
}
