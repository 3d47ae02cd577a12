package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SuffixSorterTest {

  /** The plain twin: compares suffixes symbol by symbol. */
  private static int[] plain(int[] text) {
    return IntStream.range(0, text.length)
        .boxed()
        .sorted((a, b) -> Arrays.compare(text, a, text.length, text, b, text.length))
        .mapToInt(i -> i)
        .toArray();
  }

  @Test
  void sortsEveryTextOfThreeSymbolsUpToLengthNine() {
    for (int n = 0; n <= 9; n++) {
      for (int code = 0; code < Math.pow(3, n); code++) {
        int[] text = new int[n];
        for (int i = 0, rest = code; i < n; i++, rest /= 3) {
          text[i] = rest % 3;
        }
        assertThat(SuffixSorter.sort(text, 3)).containsExactly(plain(text));
      }
    }
  }

  @Test
  void sortsRandomTexts() {
    long seed = 20261121;
    Random random = new Random(seed);
    for (int round = 0; round < 3000; round++) {
      int alphabet = 1 + random.nextInt(random.nextBoolean() ? 4 : 300);
      int[] text = random.ints(random.nextInt(400), 0, alphabet).toArray();
      assertThat(SuffixSorter.sort(text, alphabet))
          .as("seed %d", seed)
          .containsExactly(plain(text));
    }
  }

  @Test
  void sortsFibonacciAndPeriodicTexts() {
    int[] a = {1};
    int[] b = {1, 0};
    while (b.length < 3000) {
      int[] next = IntStream.concat(Arrays.stream(b), Arrays.stream(a)).toArray();
      a = b;
      b = next;
    }
    assertThat(SuffixSorter.sort(b, 2)).containsExactly(plain(b));
    int[] periodic = IntStream.range(0, 3000).map(i -> i % 7 % 3).toArray();
    assertThat(SuffixSorter.sort(periodic, 3)).containsExactly(plain(periodic));
  }

  @Test
  void sortsAMillionEqualSymbols() {
    int n = 1 << 20;
    int[] order = SuffixSorter.sort(new int[n], 1);
    // the shortest suffix is the smallest
    assertThat(IntStream.range(0, n).allMatch(i -> order[i] == n - 1 - i)).isTrue();
  }

  @Test
  void sortsAMillionSymbolsWithLongRepeats() {
    Random random = new Random(7);
    int[] text = new int[1 << 20];
    for (int i = 0; i < text.length; i++) {
      text[i] = i > 5000 && random.nextInt(1000) > 0 ? text[i - 5000] : random.nextInt(50);
    }
    int[] order = SuffixSorter.sort(text, 50);
    assertThat(Arrays.stream(order).distinct().count()).isEqualTo(text.length);
    // neighbours in order, checked by ranks: first symbols, then the ranks of what follows
    int[] rank = new int[text.length + 1];
    rank[text.length] = -1;
    for (int i = 0; i < order.length; i++) {
      rank[order[i]] = i;
    }
    for (int i = 1; i < order.length; i++) {
      int x = order[i - 1];
      int y = order[i];
      assertThat(text[x] < text[y] || (text[x] == text[y] && rank[x + 1] < rank[y + 1])).isTrue();
    }
  }
}
