package io.openledger.serving.constraint;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;

/**
 * A nondeterministic automaton over bytes (Thompson 1968), in the making: states are numbers from 0
 * on, edges are ranges of bytes or nothing. Parts are written from a state that is given to a state
 * that is returned.
 *
 * <p>Its states are limited, and whatever is written adds a state: so the work of writing is, too.
 */
final class Nfa {

  static final int LIMIT = 120_000;
  private static final int EDGES = 4 * LIMIT;

  // by edge: where from, where to, the lowest byte or −1 for nothing, the highest
  private int[] from = new int[256];
  private int[] to = new int[256];
  private int[] low = new int[256];
  private int[] high = new int[256];
  private int edges;
  private int states;

  int state() {
    if (states == LIMIT) {
      throw new TooLarge("more than " + LIMIT + " states");
    }
    return states++;
  }

  int states() {
    return states;
  }

  int edges() {
    return edges;
  }

  int from(int edge) {
    return from[edge];
  }

  int to(int edge) {
    return to[edge];
  }

  /** −1: the edge reads nothing. */
  int low(int edge) {
    return low[edge];
  }

  int high(int edge) {
    return high[edge];
  }

  /** Reads a byte from {@code least} to {@code most}, 0 to 255. */
  void edge(int start, int least, int most, int end) {
    if (edges == EDGES) {
      throw new TooLarge("more than " + EDGES + " edges");
    }
    if (edges == from.length) {
      from = Arrays.copyOf(from, 2 * edges);
      to = Arrays.copyOf(to, 2 * edges);
      low = Arrays.copyOf(low, 2 * edges);
      high = Arrays.copyOf(high, 2 * edges);
    }
    from[edges] = start;
    to[edges] = end;
    low[edges] = least;
    high[edges++] = most;
  }

  /** Reads nothing. */
  void skip(int start, int end) {
    edge(start, -1, -1, end);
  }

  /** A state of its own behind a state: what loops back to it leaks into nothing before. */
  int fork(int start) {
    int fresh = state();
    skip(start, fresh);
    return fresh;
  }

  int bytes(int start, byte[] text) {
    int at = start;
    for (byte each : text) {
      int next = state();
      edge(at, each & 0xFF, each & 0xFF, next);
      at = next;
    }
    return at;
  }

  int range(int start, char least, char most) {
    int next = state();
    edge(start, least, most, next);
    return next;
  }

  /** {@code least} to {@code most} bytes of a range. */
  int range(int start, char first, char last, int least, int most) {
    int end = state();
    int at = start;
    for (int i = 0; i < most; i++) {
      if (i >= least) {
        skip(at, end);
      }
      at = range(at, first, last);
    }
    skip(at, end);
    return end;
  }

  /** The states from which an end can be reached over allowed bytes. */
  BitSet live(int end, BitSet allowed) {
    int[] heads = new int[states + 1];
    for (int edge = 0; edge < edges; edge++) {
      heads[to[edge] + 1]++;
    }
    for (int i = 0; i < states; i++) {
      heads[i + 1] += heads[i];
    }
    int[] into = new int[edges];
    int[] next = Arrays.copyOf(heads, states);
    for (int edge = 0; edge < edges; edge++) {
      into[next[to[edge]]++] = edge;
    }
    BitSet live = new BitSet(states);
    Deque<Integer> open = new ArrayDeque<>();
    live.set(end);
    open.add(end);
    while (!open.isEmpty()) {
      int state = open.remove();
      for (int i = heads[state]; i < heads[state + 1]; i++) {
        int edge = into[i];
        int byteAt = low[edge] < 0 ? -1 : allowed.nextSetBit(low[edge]);
        boolean passable = low[edge] < 0 || byteAt >= 0 && byteAt <= high[edge];
        if (passable && !live.get(from[edge])) {
          live.set(from[edge]);
          open.add(from[edge]);
        }
      }
    }
    return live;
  }
}
