package io.openledger.attribution.index;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tokens a second of {@link SuffixSorter} beside {@link IntInducedSort}, its way for texts that its
 * prefix sort gives up, and {@link PlainSuffixSorter}: medians of the thread's processor time,
 * which other processes lengthen less than they do the clock's, by 16 and by 32 bits. Then the
 * hardest texts at one and two times a length, as the time of a linear sort doubles, and the
 * longest time between two reports, after which a cancelled sort ends.
 *
 * <p>Arguments: a file or folder of text; millions of tokens (30), runs (5), seed (1), vocabulary
 * (2048). The text's most frequent words and marks become ids, other words the ids of their pairs
 * of letters, by hash into a quarter of the vocabulary but at most 4096; sentences drawn at random,
 * of which every twentieth token is replaced by a random one of the text, are put together into
 * documents of 40 sentences until there are enough tokens. Files that are not UTF-8 are left out.
 * 30 million tokens need 1 GiB of heap. From the project's root:
 *
 * <pre>
 * mvn -Dquick -pl attribution -am test-compile
 * java -Xmx2g -cp attribution/target/classes:attribution/target/test-classes:api/target/classes \
 *     io.openledger.attribution.index.SortingBenchmark FOLDER 30 5 1 2048
 * </pre>
 */
final class SortingBenchmark {

  private static final Pattern WORD = Pattern.compile("\\w+|[^\\w\\s]");

  private SortingBenchmark() {}

  public static void main(String[] args) throws IOException {
    int length = (args.length > 1 ? Integer.parseInt(args[1]) : 30) * 1_000_000;
    int runs = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    long seed = args.length > 3 ? Long.parseLong(args[3]) : 1;
    int vocabulary = args.length > 4 ? Integer.parseInt(args[4]) : 2048;
    if (vocabulary < 256 || vocabulary > Character.MAX_VALUE) {
      throw new IllegalArgumentException("vocabulary " + vocabulary + "; allowed: 256 to 65535");
    }
    int[] text = grow(tokens(Path.of(args[0]), vocabulary), length, seed);
    ordinary(text, vocabulary + 1, runs);
    hard("one symbol", length / 2, i -> 0);
    hard("two in turn", length / 2, i -> i & 1);
    hard("a thousand rising", length / 2, i -> i % 1000);
    hard("Thue-Morse", length / 2, i -> Integer.bitCount(i) & 1);
    // floor((i + 2)·φ) − floor((i + 1)·φ) − 1, φ the golden ratio
    hard("Fibonacci", length / 2, i -> (int) (golden(i + 2) - golden(i + 1)) - 1);
  }

  private static long golden(int i) {
    return (long) Math.floor(i * ((1 + Math.sqrt(5)) / 2));
  }

  private static void ordinary(int[] text, int alphabet, int runs) {
    double[] fast = new double[runs];
    double[] wide = new double[runs];
    double[] induced = new double[runs];
    double[] plain = new double[runs];
    char[] narrow = narrow(text);
    long[] gaps = new long[runs];
    for (int run = 0; run < runs; run++) {
      long start = cpuTime();
      long[] heard = {start, 0};
      int[] order =
          SuffixSorter.sort(
              narrow,
              alphabet,
              fraction -> {
                long now = cpuTime();
                heard[1] = Math.max(heard[1], now - heard[0]);
                heard[0] = now;
              });
      fast[run] = (cpuTime() - start) / 1e9;
      gaps[run] = heard[1];
      start = cpuTime();
      int[] other = new int[text.length];
      SortMeter meter = new SortMeter(fraction -> {}, 1);
      TwoStageSort.sort(new IntSymbols(text), alphabet, other, meter);
      wide[run] = (cpuTime() - start) / 1e9;
      requireEqual(order, other);
      start = cpuTime();
      other = new int[text.length];
      IntInducedSort.sort(text, 0, text.length, alphabet, other, meter);
      induced[run] = (cpuTime() - start) / 1e9;
      requireEqual(order, other);
      start = cpuTime();
      other = PlainSuffixSorter.sort(text, alphabet);
      plain[run] = (cpuTime() - start) / 1e9;
      requireEqual(order, other);
      System.out.printf(
          "run %d: %.2f s, of 32 bits %.2f s, induced %.2f s, plain %.2f s%n",
          run, fast[run], wide[run], induced[run], plain[run]);
    }
    double best = median(fast);
    System.out.printf(
        "%d tokens, %d ids, median: %.2f M tokens/s; of 32 bits %.2f; induced %.2f, ratio %.2f; plain %.2f, ratio"
            + " %.2f; longest without a report: median %d ms%n",
        text.length,
        Arrays.stream(text).distinct().count(),
        text.length / best / 1e6,
        text.length / median(wide) / 1e6,
        text.length / median(induced) / 1e6,
        median(induced) / best,
        text.length / median(plain) / 1e6,
        median(plain) / best,
        Arrays.stream(gaps).sorted().skip(runs / 2).findFirst().orElseThrow() / 1_000_000);
  }

  private static void requireEqual(int[] order, int[] other) {
    if (!Arrays.equals(order, other)) {
      throw new IllegalStateException("two orders differ");
    }
  }

  private static void hard(String name, int length, IntUnaryOperator symbol) {
    double[] seconds = new double[2];
    for (int times = 1; times <= 2; times++) {
      char[] text = new char[length * times];
      int largest = 0;
      for (int i = 0; i < text.length; i++) {
        text[i] = (char) symbol.applyAsInt(i);
        largest = Math.max(largest, text[i]);
      }
      long start = cpuTime();
      SuffixSorter.sort(text, largest + 1, fraction -> {});
      seconds[times - 1] = (cpuTime() - start) / 1e9;
    }
    System.out.printf(
        "%s: %d symbols %.2f s, twice as many %.2f s, ratio %.2f%n",
        name, length, seconds[0], seconds[1], seconds[1] / seconds[0]);
  }

  private static char[] narrow(int[] text) {
    char[] narrow = new char[text.length];
    for (int i = 0; i < text.length; i++) {
      narrow[i] = (char) text[i];
    }
    return narrow;
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static int[] tokens(Path source, int vocabulary) throws IOException {
    List<String> texts;
    try (Stream<Path> found = Files.walk(source)) {
      texts =
          found
              .filter(Files::isRegularFile)
              .sorted()
              .map(SortingBenchmark::read)
              .filter(text -> !text.isEmpty())
              .toList();
    }
    Map<String, Integer> counts = new HashMap<>();
    for (String text : texts) {
      Matcher words = WORD.matcher(text);
      while (words.find()) {
        counts.merge(words.group(), 1, Integer::sum);
      }
    }
    int pairs = Math.min(4096, vocabulary / 4);
    Map<String, Integer> ids = new HashMap<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .limit(vocabulary - pairs)
        .forEach(word -> ids.put(word.getKey(), 1 + pairs + ids.size()));
    int[] tokens = new int[1 << 16];
    int n = 0;
    for (String text : texts) {
      Matcher words = WORD.matcher(text);
      while (words.find()) {
        String word = words.group();
        if (n + word.length() > tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * tokens.length + word.length());
        }
        Integer id = ids.get(word);
        if (id != null) {
          tokens[n++] = id;
          continue;
        }
        for (int i = 0; i < word.length(); i += 2) {
          String pair = word.substring(i, Math.min(word.length(), i + 2));
          tokens[n++] = 1 + Math.floorMod(pair.hashCode(), pairs);
        }
      }
    }
    return Arrays.copyOf(tokens, n);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      return "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int[] grow(int[] tokens, int length, long seed) {
    Random random = new Random(seed);
    int[] text = new int[length];
    int at = 0;
    while (at < length) {
      for (int sentence = 0; sentence < 40; sentence++) {
        int words = 5 + random.nextInt(30);
        int from = random.nextInt(tokens.length - words);
        for (int i = from; i < from + words && at < length; i++) {
          text[at++] = tokens[random.nextInt(20) == 0 ? random.nextInt(tokens.length) : i];
        }
      }
      // 0 behind the document; the places are zero already
      at++;
    }
    return text;
  }
}
