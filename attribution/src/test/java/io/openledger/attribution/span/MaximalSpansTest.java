package io.openledger.attribution.span;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaximalSpansTest {

  @Test
  void ownersEqualTheDefinitionOnRandomSpans() {
    long seed = 17;
    Random random = new Random(seed);
    for (int round = 0; round < 5000; round++) {
      int tokens = random.nextInt(40);
      List<Stretch> spans = spans(random, tokens);
      assertThat(MaximalSpans.owners(spans, tokens))
          .as("seed %d, round %d, %s", seed, round, spans)
          .isEqualTo(plainOwners(spans, tokens));
    }
  }

  /** Starts and ends rise, as those of maximal spans do. */
  private static List<Stretch> spans(Random random, int tokens) {
    List<Stretch> spans = new ArrayList<>();
    int reached = 0;
    for (int start = 0; start < tokens; start += 1 + random.nextInt(3)) {
      int end = Math.max(start, reached) + 1 + random.nextInt(8);
      if (end <= tokens && random.nextInt(3) > 0) {
        spans.add(new Stretch(start, end));
        reached = end;
      }
    }
    return spans;
  }

  /** The longest that covers the token; the first of those that are equally long. */
  private static int[] plainOwners(List<Stretch> spans, int tokens) {
    int[] owners = new int[tokens];
    for (int t = 0; t < tokens; t++) {
      owners[t] = -1;
      for (int i = 0; i < spans.size(); i++) {
        Stretch span = spans.get(i);
        boolean covers = span.start() <= t && t < span.end();
        if (covers && (owners[t] < 0 || span.length() > spans.get(owners[t]).length())) {
          owners[t] = i;
        }
      }
    }
    return owners;
  }

  /** Visiting every token of every span would be 5 · 10⁹ steps here; the queue takes 10⁵. */
  @Test
  void ownersOfSpansThatAllOverlapAreFoundInOnePass() {
    int tokens = 200_000;
    int half = tokens / 2;
    List<Stretch> spans = new ArrayList<>();
    for (int i = 0; i < half; i++) {
      spans.add(new Stretch(i, i + half));
    }
    int[] owners = MaximalSpans.owners(spans, tokens);
    // all are equally long, so the earliest that still covers the token
    assertThat(Arrays.copyOf(owners, half)).containsOnly(0);
    for (int t = half; t < tokens - 1; t++) {
      assertThat(owners[t] == t - half + 1).as("token %d", t).isTrue();
    }
    assertThat(owners[tokens - 1]).isEqualTo(-1);
  }
}
