package io.openledger.attribution.index;

/**
 * Suffix sorting in linear time by induced sorting: SA-IS (G. Nong, S. Zhang, W. H. Chan, "Two
 * Efficient Algorithms for Linear Time Suffix Array Construction", IEEE Trans. Computers 60(10),
 * 2011), without an explicit sentinel: the end of the text sorts before every symbol. Types of
 * suffixes stand in the sign of the entries and reduced texts inside the result, as in Y. Mori's
 * sais-lite.
 *
 * <p>Extra memory beside text and result: 8 bytes for each symbol of the alphabet; for each reduced
 * text 8 bytes a distinct name, one level at a time, at most 4 bytes a symbol and in ordinary text
 * below one. {@code int[]} texts of a 16-bit alphabet are copied to 2 bytes a symbol, since half
 * the text then stays in the caches. Safe for any thread; nothing is kept between calls.
 */
public final class SuffixSorter {

  private static final int CHARS = Character.MAX_VALUE + 1;

  private SuffixSorter() {}

  /** As {@link #sort(int[], int, SortProgress)}, unheard. */
  public static int[] sort(int[] text, int alphabet) {
    return sort(text, alphabet, fraction -> {});
  }

  /**
   * The start positions of all suffixes, in rising order of the suffixes.
   *
   * @param text symbols, each 0 to {@code alphabet − 1}; not written to
   * @param alphabet small in relation to the text, else the buckets cost more than the sorting
   * @return as long as the text
   */
  public static int[] sort(int[] text, int alphabet, SortProgress progress) {
    if (alphabet <= CHARS) {
      char[] narrow = new char[text.length];
      for (int i = 0; i < narrow.length; i++) {
        narrow[i] = (char) text[i];
      }
      return sort(narrow, alphabet, progress);
    }
    return sort(new IntSymbols(text), alphabet, progress);
  }

  /** As {@link #sort(int[], int, SortProgress)}, for symbols of 16 bits, without a copy. */
  public static int[] sort(char[] text, int alphabet, SortProgress progress) {
    return sort(new CharSymbols(text), alphabet, progress);
  }

  private static int[] sort(Symbols text, int alphabet, SortProgress progress) {
    int[] order = new int[text.length()];
    SortMeter meter = new SortMeter(progress, TwoStageSort.STEPS * order.length);
    TwoStageSort.sort(text, alphabet, order, meter);
    meter.finish();
    return order;
  }
}
