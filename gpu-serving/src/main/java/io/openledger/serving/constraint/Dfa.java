package io.openledger.serving.constraint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A deterministic automaton over bytes: from each of its states an end can be reached. Immutable.
 *
 * <p>Bytes that no edge tells apart are one class; the table is {@code [states, classes]}, −1 where
 * nothing goes on. State 0 is the first. Made by the subset construction (Rabin and Scott 1959)
 * within limits of states and of work, since it can be exponential in what it is made of.
 */
final class Dfa {

  static final int STATES = 40_000;
  static final int WORK = 30_000_000;

  private final int[] classes;
  private final int width;
  private final int[] table;
  private final BitSet ends;

  private Dfa(int[] classes, int width, int[] table, BitSet ends) {
    this.classes = classes;
    this.width = width;
    this.table = table;
    this.ends = ends;
  }

  /** The state after a byte, 0 to 255; −1: none. */
  int next(int state, int each) {
    int kind = classes[each];
    return kind < 0 ? -1 : table[state * width + kind];
  }

  boolean accepts(int state) {
    return ends.get(state);
  }

  /** Whether nothing can follow. */
  boolean closed(int state) {
    for (int i = state * width; i < (state + 1) * width; i++) {
      if (table[i] >= 0) {
        return false;
      }
    }
    return true;
  }

  int states() {
    return width == 0 ? 1 : table.length / width;
  }

  long bytes() {
    return 4L * table.length;
  }

  /**
   * @param allowed bytes that may occur at all
   * @return null when no text is accepted
   * @throws TooLarge over a limit
   */
  static @Nullable Dfa of(Nfa nfa, int start, int end, BitSet allowed) {
    BitSet live = nfa.live(end, allowed);
    return live.get(start) ? new Subsets(nfa, end, allowed, live).from(start) : null;
  }

  /** A set of states of the other automaton, sorted. */
  private record Subset(int[] states) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Subset subset && Arrays.equals(states, subset.states);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(states);
    }
  }

  private static final class Subsets {
    private final Nfa nfa;
    private final int end;
    private final BitSet live;
    private final int[] classes = new int[256];
    private final int width;
    // edges by the state that they leave
    private final int[] heads;
    private final int[] out;
    private final Map<Subset, Integer> numbers = new HashMap<>();
    private final List<Subset> subsets = new ArrayList<>();
    private final BitSet ends = new BitSet();
    private final BitSet seen = new BitSet();
    private int[] open = new int[64];
    private long work;

    Subsets(Nfa nfa, int end, BitSet allowed, BitSet live) {
      this.nfa = nfa;
      this.end = end;
      this.live = live;
      this.width = classify(allowed);
      this.heads = new int[nfa.states() + 1];
      for (int edge = 0; edge < nfa.edges(); edge++) {
        heads[nfa.from(edge) + 1]++;
      }
      for (int i = 0; i < nfa.states(); i++) {
        heads[i + 1] += heads[i];
      }
      this.out = new int[nfa.edges()];
      int[] next = Arrays.copyOf(heads, nfa.states());
      for (int edge = 0; edge < nfa.edges(); edge++) {
        out[next[nfa.from(edge)]++] = edge;
      }
    }

    private int classify(BitSet allowed) {
      BitSet borders = new BitSet(257);
      for (int edge = 0; edge < nfa.edges(); edge++) {
        if (nfa.low(edge) >= 0) {
          borders.set(nfa.low(edge));
          borders.set(nfa.high(edge) + 1);
        }
      }
      int kind = -1;
      for (int each = 0; each < 256; each++) {
        if (!allowed.get(each)) {
          classes[each] = -1;
        } else {
          boolean fresh = kind < 0 || borders.get(each) || each > 0 && !allowed.get(each - 1);
          classes[each] = fresh ? ++kind : kind;
        }
      }
      return kind + 1;
    }

    Dfa from(int start) {
      int[] table = new int[64 * width];
      number(new int[] {start}, 1);
      int[][] targets = new int[width][8];
      int[] counts = new int[width];
      for (int state = 0; state < subsets.size(); state++) {
        Arrays.fill(counts, 0);
        for (int each : subsets.get(state).states()) {
          for (int i = heads[each]; i < heads[each + 1]; i++) {
            reach(out[i], targets, counts);
          }
        }
        if (table.length < (state + 1) * width) {
          table = Arrays.copyOf(table, 2 * table.length);
        }
        for (int kind = 0; kind < width; kind++) {
          table[state * width + kind] =
              counts[kind] == 0 ? -1 : number(targets[kind], counts[kind]);
        }
      }
      return new Dfa(classes, width, Arrays.copyOf(table, subsets.size() * width), ends);
    }

    private void reach(int edge, int[][] targets, int[] counts) {
      spend(1);
      int to = nfa.to(edge);
      if (nfa.low(edge) < 0 || !live.get(to)) {
        return;
      }
      int last = -1;
      for (int each = nfa.low(edge); each <= nfa.high(edge); each++) {
        int kind = classes[each];
        if (kind >= 0 && kind != last) {
          last = kind;
          if (counts[kind] == targets[kind].length) {
            targets[kind] = Arrays.copyOf(targets[kind], 2 * counts[kind]);
          }
          targets[kind][counts[kind]++] = to;
          spend(1);
        }
      }
    }

    /** The number of the set that a few states and what they reach by nothing make. */
    private int number(int[] kernel, int count) {
      seen.clear();
      int size = 0;
      for (int i = 0; i < count; i++) {
        size = push(kernel[i], size);
      }
      for (int i = 0; i < size; i++) {
        for (int j = heads[open[i]]; j < heads[open[i] + 1]; j++) {
          int edge = out[j];
          spend(1);
          if (nfa.low(edge) < 0 && live.get(nfa.to(edge))) {
            size = push(nfa.to(edge), size);
          }
        }
      }
      int[] states = Arrays.copyOf(open, size);
      Arrays.sort(states);
      spend(size);
      Subset subset = new Subset(states);
      Integer known = numbers.get(subset);
      if (known != null) {
        return known;
      }
      int fresh = subsets.size();
      if (fresh == STATES) {
        throw new TooLarge("more than " + STATES + " states");
      }
      numbers.put(subset, fresh);
      subsets.add(subset);
      ends.set(fresh, Arrays.binarySearch(states, end) >= 0);
      return fresh;
    }

    private int push(int state, int size) {
      if (seen.get(state)) {
        return size;
      }
      seen.set(state);
      if (size == open.length) {
        open = Arrays.copyOf(open, 2 * size);
      }
      open[size] = state;
      return size + 1;
    }

    private void spend(int steps) {
      work += steps;
      if (work > WORK) {
        throw new TooLarge("more than " + WORK + " steps");
      }
    }
  }
}
