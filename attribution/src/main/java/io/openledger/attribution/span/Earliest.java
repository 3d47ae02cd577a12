package io.openledger.attribution.span;

import io.openledger.attribution.index.SpanView;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which document of each datanet holds a stretch of tokens first. Not for several threads at once.
 *
 * <p>Answers are kept, because a look-up costs a look at every occurrence and a hostile text asks
 * again and again for the stretch that occurs most often. The stretches that {@link TokenOwners}
 * holds are the shortest that suffice from a position on (or up to one), so no position of an index
 * begins (or ends) more than one of them: looked up once each, all together have at most twice as
 * many occurrences as the datanets have tokens. What several share is looked up too, and carries at
 * least the information of evidence.
 */
final class Earliest {

  /** About 10 MB at 6 tokens a stretch. */
  private static final int KEPT = 1 << 16;

  private record Stretch(int[] tokens, int hash) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Stretch that
          && hash == that.hash
          && Arrays.equals(tokens, that.tokens);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  private final List<SpanView> views;
  private final Map<Stretch, long[]> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Stretch, long[]> eldest) {
          return size() > KEPT;
        }
      };

  Earliest(Collection<SpanView> views) {
    this.views = List.copyOf(views);
  }

  /** As {@link #of}, of a whole array; null when that has not been looked up lately. */
  long @Nullable [] known(int[] stretch) {
    return known.get(new Stretch(stretch, Arrays.hashCode(stretch)));
  }

  /**
   * Of each view the sequence of the earliest document that has {@code tokens[start, end)}; 0 where
   * none does. Not to be written to.
   */
  long[] of(int[] tokens, int start, int end) {
    int[] stretch = Arrays.copyOfRange(tokens, start, end);
    Stretch key = new Stretch(stretch, Arrays.hashCode(stretch));
    long[] there = known.get(key);
    if (there == null) {
      there = unkept(stretch, 0, stretch.length);
      known.put(key, there);
    }
    return there;
  }

  /** As {@link #of}, of something long that is not asked for again. */
  long[] unkept(int[] tokens, int start, int end) {
    long[] found = new long[views.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = views.get(i).earliest(tokens, start, end);
    }
    return found;
  }
}
