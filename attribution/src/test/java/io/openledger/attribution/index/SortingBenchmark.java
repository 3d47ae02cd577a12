package io.openledger.attribution.index;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tokens a second of {@link SuffixSorter} beside {@link PlainSuffixSorter}: medians of the thread's
 * processor time, which other processes lengthen less than they do the clock's.
 *
 * <p>Arguments: a file or folder of text; millions of tokens (30), runs (5), seed (1). The text's
 * words and marks become ids, at most 50 000 and by hash beyond; sentences drawn at random, of
 * which every twentieth word is replaced by a random word of the text, are put together into
 * documents of 40 sentences until there are enough tokens.
 */
final class SortingBenchmark {

  private static final int IDS = 50_000;
  private static final Pattern WORD = Pattern.compile("\\w+|[^\\w\\s]");

  private SortingBenchmark() {}

  public static void main(String[] args) throws IOException {
    int length = (args.length > 1 ? Integer.parseInt(args[1]) : 30) * 1_000_000;
    int runs = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    long seed = args.length > 3 ? Long.parseLong(args[3]) : 1;
    int[] text = grow(tokens(Path.of(args[0])), length, seed);
    char[] narrow = new char[length];
    for (int i = 0; i < length; i++) {
      narrow[i] = (char) text[i];
    }
    double[] fast = new double[runs];
    double[] plain = new double[runs];
    int[] order = {};
    int[] expected = {};
    for (int run = 0; run < runs; run++) {
      long start = cpuTime();
      order = SuffixSorter.sort(narrow, IDS + 1, fraction -> {});
      fast[run] = (cpuTime() - start) / 1e9;
      start = cpuTime();
      expected = PlainSuffixSorter.sort(text, IDS + 1);
      plain[run] = (cpuTime() - start) / 1e9;
      System.out.printf("run %d: %.2f s, plain %.2f s%n", run, fast[run], plain[run]);
    }
    if (!Arrays.equals(order, expected)) {
      throw new IllegalStateException("the two orders differ");
    }
    System.out.printf(
        "%d tokens, median: %.2f M tokens/s, plain %.2f M tokens/s, ratio %.2f%n",
        length,
        length / median(fast) / 1e6,
        length / median(plain) / 1e6,
        median(plain) / median(fast));
  }

  private static long cpuTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static int[] tokens(Path source) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(source)) {
      files = found.filter(Files::isRegularFile).sorted().toList();
    }
    Map<String, Integer> ids = new HashMap<>();
    int[] tokens = new int[1 << 16];
    int n = 0;
    for (Path file : files) {
      Matcher words = WORD.matcher(Files.readString(file));
      while (words.find()) {
        if (n == tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * n);
        }
        String word = words.group();
        Integer id = ids.get(word);
        if (id == null) {
          id = 1 + (ids.size() < IDS ? ids.size() : Math.floorMod(word.hashCode(), IDS));
          ids.put(word, id);
        }
        tokens[n++] = id;
      }
    }
    return Arrays.copyOf(tokens, n);
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
