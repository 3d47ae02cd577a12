package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One array after the other against all in one. */
class RetractedPartTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void answersLikeOneArrayOfAll(long seed) {
    Random random = new Random(seed);
    int vocabulary = 1 + random.nextInt(6);
    List<int[]> texts = new ArrayList<>();
    RetractedPart part = RetractedPart.NONE;
    long tokens = 0;
    for (int i = 0; i < 120; i++) {
      texts.add(random.ints(1 + random.nextInt(60), 0, vocabulary).toArray());
      tokens += texts.get(i).length;
      part = part.with(i, texts::get, vocabulary);
      assertThat(part.arrays())
          .isLessThanOrEqualTo(2 + Long.SIZE - Long.numberOfLeadingZeros(tokens));
      RetractedPart all =
          RetractedPart.of(IntStream.rangeClosed(0, i).toArray(), texts::get, vocabulary);
      assertThat(all.arrays()).isEqualTo(1);
      int[] query = random.ints(12, 0, vocabulary).toArray();
      assertThat(part.longestMatches(query)).containsExactly(all.longestMatches(query));
      for (int end = 1; end <= query.length; end++) {
        assertThat(part.count(query, 0, end)).isEqualTo(all.count(query, 0, end));
      }
      for (int t = 0; t < vocabulary; t++) {
        assertThat(part.unigram(t)).isEqualTo(all.unigram(t));
      }
    }
  }

  @Test
  void staysFewArraysWhenDocumentsGetSmallerAndSmaller() {
    RetractedPart part = RetractedPart.NONE;
    for (int i = 0; i < 300; i++) {
      part = part.with(i, document -> new int[400 - document], 1);
      assertThat(part.arrays()).isLessThanOrEqualTo(18);
    }
    assertThat(part.unigram(0)).isEqualTo(300 * (400 + 101) / 2);
  }

  @Test
  void doesNotSortLargeArraysAgain() {
    int[] large = new Random(5).ints((int) RetractedPart.INLINE + 1, 0, 50).toArray();
    List<Integer> read = new ArrayList<>();
    RetractedPart part = RetractedPart.NONE;
    for (int i = 0; i < 3; i++) {
      part =
          part.with(
              i,
              document -> {
                read.add(document);
                return large;
              },
              50);
    }
    assertThat(part.arrays()).isEqualTo(3);
    assertThat(read).containsExactly(0, 0, 1, 1, 2, 2);
    assertThat(part.count(large, 0, 100)).isEqualTo(3);
  }
}
