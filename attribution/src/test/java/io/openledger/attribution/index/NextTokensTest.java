package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.spi.IndexForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The table of counts against a map, and what every form of a segment inherits against the twin.
 */
class NextTokensTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void countsLikeAMap(long seed) {
    Random random = new Random(seed);
    NextTokens table = new NextTokens();
    NextTokens gone = new NextTokens();
    Map<Integer, Long> map = new HashMap<>();
    long sum = 0;
    for (int i = 0; i < 5000; i++) {
      int token = random.nextInt(1 + random.nextInt(1 << 22));
      table.add(token, 2);
      map.merge(token, 2L, Long::sum);
      sum += 2;
      if (random.nextInt(3) == 0) {
        gone.add(token, 2);
        map.merge(token, -2L, Long::sum);
        sum -= 2;
      }
    }
    table.subtract(gone);
    var after = table.after(sum + 3);
    assertThat(after.ends()).isEqualTo(3);
    int[] expected =
        map.entrySet().stream().filter(e -> e.getValue() > 0).mapToInt(Map.Entry::getKey).toArray();
    Arrays.sort(expected);
    assertThat(after.tokens()).containsExactly(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(after.counts()[i]).isEqualTo(map.get(expected[i]));
    }
  }

  /** A segment over the twin that answers nothing but what each form must. */
  private record PlainSegment(List<int[]> texts) implements Segment {

    private BruteForceIndex twin() {
      BruteForceIndex twin = new BruteForceIndex();
      for (int i = 0; i < texts.size(); i++) {
        twin.active.put((long) i, texts.get(i));
      }
      return twin;
    }

    @Override
    public IndexForm form() {
      return IndexForm.FAST;
    }

    @Override
    public int documents() {
      return texts.size();
    }

    @Override
    public long sequence(int document) {
      return document;
    }

    @Override
    public int[] tokens(int document) {
      return texts.get(document);
    }

    @Override
    public int length(int document) {
      return texts.get(document).length;
    }

    @Override
    public long totalTokens() {
      return twin().totalTokens();
    }

    @Override
    public long unigram(int token) {
      return twin().unigram(token);
    }

    @Override
    public int[] longestMatches(int[] query) {
      return twin().longestMatches(query);
    }

    @Override
    public int longestEnding(int[] query, int end) {
      return twin().longestEnding(query, end);
    }

    /** All places behind a token, by the text before them, read backwards. */
    private List<Occurrence> sorted() {
      List<Occurrence> all = new ArrayList<>();
      for (int d = 0; d < texts.size(); d++) {
        for (int end = 1; end <= texts.get(d).length; end++) {
          all.add(new Occurrence(d, end));
        }
      }
      all.sort((a, b) -> Arrays.compare(backwards(a), backwards(b)));
      return all;
    }

    private int[] backwards(Occurrence one) {
      int[] text = new int[one.end()];
      Arrays.setAll(text, i -> texts.get(one.document())[one.end() - 1 - i]);
      return text;
    }

    @Override
    public Ranks ranks(int[] query, int start, int end) {
      List<Occurrence> all = sorted();
      int[] wanted = new int[end - start];
      Arrays.setAll(wanted, i -> query[end - 1 - i]);
      int from = 0;
      while (from < all.size() && !begins(backwards(all.get(from)), wanted)) {
        from++;
      }
      int to = from;
      while (to < all.size() && begins(backwards(all.get(to)), wanted)) {
        to++;
      }
      return new Ranks(from, to);
    }

    private static boolean begins(int[] text, int[] wanted) {
      return text.length >= wanted.length
          && Arrays.equals(text, 0, wanted.length, wanted, 0, wanted.length);
    }

    @Override
    public Occurrence occurrence(long rank) {
      return sorted().get((int) rank);
    }

    @Override
    public long count(int[] query, int start, int end) {
      return twin().count(query, start, end);
    }

    @Override
    public void documentsWith(int[] query, int start, int end, BitSet found, int enough) {
      throw new UnsupportedOperationException("not asked here");
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void whatEveryFormInheritsAnswersLikeTheTwin(long seed) {
    Random random = new Random(seed);
    // a small vocabulary makes intervals wider than it, a large one does not
    int vocabulary = seed % 2 == 0 ? 2 : 30;
    List<int[]> texts = new ArrayList<>();
    for (int d = 0; d < 4; d++) {
      texts.add(random.ints(1 + random.nextInt(12), 0, Math.min(vocabulary, 3)).toArray());
    }
    PlainSegment segment = new PlainSegment(texts);
    for (int round = 0; round < 20; round++) {
      int[] query = random.ints(random.nextInt(4), 0, Math.min(vocabulary, 3)).toArray();
      NextTokens found = new NextTokens();
      segment.nextTokens(query, 0, query.length, vocabulary, found);
      var expected = segment.twin().continuations(query, 0, query.length);
      var here = found.after(expected.occurrences());
      assertThat(here.tokens()).containsExactly(expected.tokens());
      assertThat(here.counts()).containsExactly(expected.counts());
      assertThat(here.ends()).isEqualTo(query.length == 0 ? here.ends() : expected.ends());
    }
  }
}
