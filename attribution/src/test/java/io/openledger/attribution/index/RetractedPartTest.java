package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One array after the other against all in one. */
class RetractedPartTest {

  private static RetractedPart.Texts of(IntFunction<int[]> tokens, int vocabulary) {
    return new RetractedPart.Texts(tokens, document -> tokens.apply(document).length, vocabulary);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void answersLikeOneArrayOfAll(long seed) {
    Random random = new Random(seed);
    int vocabulary = 1 + random.nextInt(6);
    List<int[]> texts = new ArrayList<>();
    RetractedPart.Texts all = of(texts::get, vocabulary);
    RetractedPart part = RetractedPart.of(all);
    long tokens = 0;
    for (int i = 0; i < 120; i++) {
      texts.add(random.ints(1 + random.nextInt(60), 0, vocabulary).toArray());
      tokens += texts.get(i).length;
      part = part.with(i);
      assertThat(part.arrays())
          .isLessThanOrEqualTo(2 + Long.SIZE - Long.numberOfLeadingZeros(tokens));
      RetractedPart one = RetractedPart.of(all, IntStream.rangeClosed(0, i).toArray());
      assertThat(one.arrays()).isEqualTo(1);
      int[] query = random.ints(12, 0, vocabulary).toArray();
      assertThat(part.longestMatches(query)).containsExactly(one.longestMatches(query));
      for (int end = 1; end <= query.length; end++) {
        assertThat(part.count(query, 0, end)).isEqualTo(one.count(query, 0, end));
      }
      for (int t = 0; t < vocabulary; t++) {
        assertThat(part.unigram(t)).isEqualTo(one.unigram(t));
      }
    }
  }

  @Test
  void staysFewArraysWhenDocumentsGetSmallerAndSmaller() {
    RetractedPart part = RetractedPart.of(of(document -> new int[400 - document], 1));
    for (int i = 0; i < 300; i++) {
      part = part.with(i);
      assertThat(part.arrays()).isLessThanOrEqualTo(18);
    }
    assertThat(part.unigram(0)).isEqualTo(300 * (400 + 101) / 2);
  }

  @Test
  void doesNotSortLargeArraysAgain() {
    int[] large = new Random(5).ints((int) RetractedPart.INLINE + 1, 0, 50).toArray();
    List<Integer> read = new ArrayList<>();
    RetractedPart part =
        RetractedPart.of(
            new RetractedPart.Texts(
                document -> {
                  read.add(document);
                  return large;
                },
                document -> large.length,
                50));
    for (int i = 0; i < 3; i++) {
      part = part.with(i);
      assertThat(part.unigram(0)).isPositive();
    }
    assertThat(part.arrays()).isEqualTo(3);
    assertThat(read).containsExactly(0, 1, 2);
    assertThat(part.count(large, 0, 100)).isEqualTo(3);
  }
}
