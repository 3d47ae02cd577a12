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

  /** The order by 16-bit symbols, after a check that the other ways to it agree. */
  private static int[] sorted(int[] text, int alphabet) {
    int[] order = SuffixSorter.sort(text, alphabet);
    SortMeter meter = new SortMeter(fraction -> {}, 1);
    int[] wide = new int[text.length];
    TwoStageSort.sort(new IntSymbols(text), alphabet, wide, meter);
    assertThat(wide).containsExactly(order);
    int[] induced = new int[text.length];
    IntInducedSort.sort(text, 0, text.length, alphabet, induced, meter);
    assertThat(induced).containsExactly(order);
    assertThat(PlainSuffixSorter.sort(text, alphabet)).containsExactly(order);
    return order;
  }

  /** Checks an order in linear time: neighbours by first symbol, then by the ranks behind it. */
  private static void requireSorted(int[] text, int[] order) {
    int n = text.length;
    assertThat(order).hasSize(n);
    int[] rank = new int[n + 1];
    Arrays.fill(rank, -1);
    for (int i = 0; i < n; i++) {
      rank[order[i]] = i;
    }
    // every position has a rank, so each stands in the order exactly once
    assertThat(Arrays.stream(rank, 0, n).allMatch(r -> r >= 0)).isTrue();
    for (int i = 1; i < n; i++) {
      int x = order[i - 1];
      int y = order[i];
      if (text[x] > text[y] || (text[x] == text[y] && rank[x + 1] >= rank[y + 1])) {
        throw new AssertionError("suffix " + x + " at rank " + (i - 1) + " is not below " + y);
      }
    }
  }

  private static int alphabet(int[] text) {
    return Arrays.stream(text).max().orElse(0) + 1;
  }

  /** Large texts by 16 bits where they fit, and by 32. */
  private static void requireSorts(int[] text) {
    int alphabet = alphabet(text);
    int[] order = SuffixSorter.sort(text, alphabet);
    requireSorted(text, order);
    int[] wide = new int[text.length];
    TwoStageSort.sort(new IntSymbols(text), alphabet, wide, new SortMeter(fraction -> {}, 1));
    assertThat(Arrays.equals(order, wide)).isTrue();
  }

  private static int[] fibonacci(int length) {
    int[] a = {1};
    int[] b = {1, 0};
    while (b.length < length) {
      int[] next = IntStream.concat(Arrays.stream(b), Arrays.stream(a)).toArray();
      a = b;
      b = next;
    }
    return Arrays.copyOf(b, length);
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
    int[] fibonacci = fibonacci(3000);
    assertThat(sorted(fibonacci, 2)).containsExactly(plain(fibonacci));
    int[] periodic = IntStream.range(0, 3000).map(i -> i % 7 % 3).toArray();
    assertThat(sorted(periodic, 3)).containsExactly(plain(periodic));
  }

  @Test
  void sortsTenMillionEqualSymbols() {
    int n = 10_000_000;
    int[] order = SuffixSorter.sort(new int[n], 1);
    // the shortest suffix is the smallest
    assertThat(IntStream.range(0, n).allMatch(i -> order[i] == n - 1 - i)).isTrue();
  }

  @Test
  void sortsAMillionSymbolsOfFibonacciAndThueMorse() {
    requireSorts(fibonacci(1 << 20));
    requireSorts(IntStream.range(0, 1 << 20).map(i -> Integer.bitCount(i) & 1).toArray());
  }

  @Test
  void sortsAMillionSymbolsOfEveryKindOfAlphabet() {
    long seed = 15;
    Random random = new Random(seed);
    for (int alphabet : new int[] {1, 2, 256, 2048, 65535, 65536, 65537, 70_000}) {
      // squared: some symbols are frequent, as in a language
      int[] text = new int[1 << 20];
      for (int i = 0; i < text.length; i++) {
        double uniform = random.nextDouble();
        text[i] = (int) (uniform * uniform * alphabet);
      }
      text[17] = alphabet - 1;
      requireSorts(text);
    }
  }

  @Test
  void sortsAMillionSymbolsWithLongRepeats() {
    Random random = new Random(7);
    int[] text = new int[1 << 20];
    for (int i = 0; i < text.length; i++) {
      text[i] = i > 5000 && random.nextInt(1000) > 0 ? text[i - 5000] : random.nextInt(50);
    }
    requireSorts(text);
  }

  @Test
  void sortsPlantedRepeatsOfEveryLength() {
    long seed = 16;
    Random random = new Random(seed);
    for (int round = 0; round < 8; round++) {
      int[] text = random.ints(1 << 18, 0, round % 2 == 0 ? 2048 : 40_000).toArray();
      for (int plant = 0; plant < 200; plant++) {
        int length = 1 << random.nextInt(15);
        int from = random.nextInt(text.length - length);
        System.arraycopy(text, from, text, random.nextInt(text.length - length), length);
      }
      requireSorts(text);
    }
  }

  @Test
  void sortsManyIdenticalDocumentsAndDocumentsOfOneToken() {
    long seed = 17;
    int[] document = new Random(seed).ints(999, 1, 2049).toArray();
    int[] identical = IntStream.range(0, 1 << 20).map(i -> i % 1000 == 999 ? 0 : 1).toArray();
    for (int i = 0; i < identical.length; i++) {
      identical[i] *= document[Math.min(i % 1000, 998)];
    }
    requireSorts(identical);
    Random random = new Random(seed);
    requireSorts(
        IntStream.range(0, 1 << 20).map(i -> i % 2 == 0 ? 1 + random.nextInt(300) : 0).toArray());
    requireSorts(IntStream.range(0, 1 << 20).map(i -> i % 2 == 0 ? 7 : 0).toArray());
  }

  @Test
  void sortsRunsOfOneSymbolInOrdinaryText() {
    long seed = 18;
    Random random = new Random(seed);
    int[] text = random.ints(1 << 20, 0, 2048).toArray();
    for (int run = 0; run < 500; run++) {
      int length = random.nextInt(600);
      int from = random.nextInt(text.length - length);
      Arrays.fill(text, from, from + length, run % 3);
    }
    requireSorts(text);
  }

  /** How many LMS suffixes the prefix sort leaves tied, or that it gives up. */
  private static int tied(int[] text) {
    Symbols symbols = new IntSymbols(text);
    int[] leftmost = new int[alphabet(text)];
    symbols.countLeftmost(leftmost, 0, text.length - 1, false);
    SortMeter meter = new SortMeter(fraction -> {}, 1);
    int m = Arrays.stream(leftmost).sum();
    return PrefixSort.sort(symbols, leftmost, m, new int[text.length], meter);
  }

  @Test
  void sortsWhereThePrefixSortGivesUpAndWhereItNearlyDoes() {
    // rising runs: one LMS suffix a period, all with the same long LMS substring
    int[] gaveUp = new int[2];
    for (int period = 10; period <= 10_000; period *= 3) {
      int rise = period;
      int[] text = IntStream.range(0, 300_000).map(i -> i % rise).toArray();
      requireSorts(text);
      gaveUp[tied(text) == PrefixSort.TOO_LONG ? 1 : 0]++;
    }
    assertThat(gaveUp).as("both ways are taken").doesNotContain(0);
  }

  @Test
  void leavesNothingTiedThatTheFirstSymbolsTellApart() {
    long seed = 19;
    int[] text = new Random(seed).ints(100_000, 0, 1000).toArray();
    assertThat(tied(text)).as("seed %d", seed).isZero();
    int[] twice = Arrays.copyOf(text, 200_000);
    System.arraycopy(text, 0, twice, 100_000, 100_000);
    // about a third of all suffixes is LMS
    assertThat(tied(twice)).as("seed %d", seed).isBetween(60_000, 70_000);
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
