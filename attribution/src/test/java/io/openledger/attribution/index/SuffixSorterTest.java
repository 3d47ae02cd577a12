package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** The order by 16-bit symbols, after a check that 32 bits and the old implementation agree. */
  private static int[] sorted(int[] text, int alphabet) {
    int[] order = SuffixSorter.sort(text, alphabet);
    int[] wide = new int[text.length];
    SortMeter meter = new SortMeter(fraction -> {}, text.length);
    IntInducedSort.sort(text, 0, text.length, alphabet, wide, meter);
    assertThat(wide).containsExactly(order);
    assertThat(PlainSuffixSorter.sort(text, alphabet)).containsExactly(order);
    return order;
  }

  @Test
  void sortsEveryTextOfThreeSymbolsUpToLengthNine() {
    for (int n = 0; n <= 9; n++) {
      for (int code = 0; code < Math.pow(3, n); code++) {
        int[] text = new int[n];
        for (int i = 0, rest = code; i < n; i++, rest /= 3) {
          text[i] = rest % 3;
        }
        assertThat(sorted(text, 3)).containsExactly(plain(text));
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
      assertThat(sorted(text, alphabet)).as("seed %d", seed).containsExactly(plain(text));
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
    assertThat(sorted(b, 2)).containsExactly(plain(b));
    int[] periodic = IntStream.range(0, 3000).map(i -> i % 7 % 3).toArray();
    assertThat(sorted(periodic, 3)).containsExactly(plain(periodic));
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

  @Test
  void sortsSymbolsAtTheEdgeOf16Bits() {
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      int[] text = random.ints(1 + random.nextInt(300), 65533, 65537).toArray();
      // 65536 does not fit 16 bits and takes the wide way
      assertThat(SuffixSorter.sort(text, 65537)).as("seed %d", seed).containsExactly(plain(text));
      int[] narrow = Arrays.stream(text).map(c -> c - 1).toArray();
      assertThat(SuffixSorter.sort(narrow, 65536))
          .as("seed %d", seed)
          .containsExactly(plain(narrow));
    }
  }

  @Test
  void sortsThueMorseRisingAndFallingTexts() {
    int[] morse = IntStream.range(0, 4096).map(i -> Integer.bitCount(i) & 1).toArray();
    assertThat(sorted(morse, 2)).containsExactly(plain(morse));
    int[] rising = IntStream.range(0, 2000).toArray();
    assertThat(sorted(rising, 2000)).containsExactly(plain(rising));
    int[] falling = IntStream.range(0, 2000).map(i -> 1999 - i).toArray();
    assertThat(sorted(falling, 2000)).containsExactly(plain(falling));
  }

  @Test
  void sortsIdenticalAndRandomDocumentsApartByZero() {
    long seed = 12;
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      int length = 1 + random.nextInt(30);
      boolean same = random.nextBoolean();
      int[] text = random.ints(length * 30L, 1, 5).toArray();
      for (int i = 0; i < text.length; i++) {
        if (i % length == length - 1) {
          text[i] = 0;
        } else if (same && i >= length) {
          text[i] = text[i - length];
        }
      }
      assertThat(sorted(text, 5)).as("seed %d", seed).containsExactly(plain(text));
    }
  }

  @Test
  void sortsTenMillionSymbolsOfOneWord() {
    int n = 10_000_000;
    int period = 3;
    char[] text = new char[n];
    for (int i = 0; i < n; i++) {
      text[i] = (char) (i % period);
    }
    int[] order = SuffixSorter.sort(text, period, fraction -> {});
    // of one first symbol, the shorter suffix is a prefix of the longer and comes first
    int[] expected = new int[n];
    int k = 0;
    for (int c = 0; c < period; c++) {
      int last = n - 1 - (n - 1 - c) % period;
      for (int p = last; p >= 0; p -= period) {
        expected[k++] = p;
      }
    }
    assertThat(Arrays.equals(order, expected)).isTrue();
  }

  @Test
  void reportsRisingProgressFromZeroToOneOften() {
    int n = 3_000_000;
    int[] text = new Random(13).ints(n, 0, 50).toArray();
    List<Double> heard = new ArrayList<>();
    SuffixSorter.sort(text, 50, heard::add);
    assertThat(heard).isSorted().allMatch(f -> f >= 0 && f <= 1).endsWith(1.0);
    assertThat(heard).hasSizeGreaterThan(4 * n / SortMeter.BLOCK);
  }

  @Test
  void endsWithWhatTheListenerThrowsAndSortsAgainAfterwards() {
    int[] text = new Random(14).ints(10_000, 0, 4).toArray();
    int[] before = text.clone();
    CancellationException cancelled = new CancellationException();
    for (int call = 1; call <= 5; call++) {
      AtomicInteger left = new AtomicInteger(call);
      SortProgress cancelling =
          fraction -> {
            if (left.decrementAndGet() == 0) {
              throw cancelled;
            }
          };
      assertThatThrownBy(() -> SuffixSorter.sort(text, 4, cancelling)).isSameAs(cancelled);
    }
    assertThat(text).containsExactly(before);
    assertThat(sorted(text, 4)).containsExactly(plain(text));
  }
}
