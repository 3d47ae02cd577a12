package io.openledger.attribution.index;

/**
 * Suffix sorting in linear time, made for token streams: large alphabets, contexts that soon
 * differ, and long repeats here and there. {@link PrefixSort} sorts the third of the suffixes that
 * the others are induced from ({@link TwoStageSort}), {@link Repeats} those of them whose contexts
 * do not differ soon, and {@link IntInducedSort} texts with too many long equal LMS substrings. The
 * end of the text sorts before every symbol.
 *
 * <p>Extra memory beside text and result: in ordinary text 3 bytes a symbol, at most 12; and 12
 * bytes for each symbol of the alphabet. {@code int[]} texts of a 16-bit alphabet are copied to 2
 * bytes a symbol, since half the text then stays in the caches. Safe for any thread; nothing is
 * kept between calls.
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
