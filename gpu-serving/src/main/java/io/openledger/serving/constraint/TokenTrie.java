package io.openledger.serving.constraint;

import io.openledger.serving.model.TokenPieces;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A vocabulary's tokens by their bytes, a node after its parent (preorder), so that a walk is one
 * pass over arrays that leaves out whole branches. Immutable. Special tokens, those without bytes
 * and those that end an answer are not in it.
 */
final class TokenTrie {

  private final byte[] labels;
  private final int[] depths;
  private final int[] skips;
  // tokens that end at a node: ids[first[node]] to ids[first[node + 1] − 1]; a node that its first
  // token only passes has the same first as the next node
  private final int[] first;
  private final int[] ids;
  private final int deepest;
  private final BitSet single = new BitSet(256);

  TokenTrie(TokenPieces pieces, Set<Integer> ends) {
    byte[][] texts = new byte[pieces.size()][];
    for (int token = 0; token < texts.length; token++) {
      texts[token] = pieces.of(token);
    }
    this.ids =
        IntStream.range(0, texts.length)
            .filter(token -> texts[token].length > 0 && !pieces.special(token))
            .filter(token -> !ends.contains(token))
            .boxed()
            .sorted((a, b) -> Arrays.compareUnsigned(texts[a], texts[b]))
            .mapToInt(Integer::intValue)
            .toArray();
    int nodes = 0;
    byte[] before = {};
    for (int id : ids) {
      nodes += texts[id].length - common(before, texts[id]);
      before = texts[id];
    }
    labels = new byte[nodes];
    depths = new int[nodes];
    skips = new int[nodes];
    first = new int[nodes + 1];
    int most = Arrays.stream(ids).map(id -> texts[id].length).max().orElse(0);
    deepest = most;
    int[] path = new int[most];
    int node = 0;
    before = new byte[0];
    for (int i = 0; i < ids.length; i++) {
      byte[] text = texts[ids[i]];
      int common = common(before, text);
      close(path, common, before.length, node);
      for (int depth = common; depth < text.length; depth++) {
        path[depth] = node;
        labels[node] = text[depth];
        depths[node] = depth;
        first[node++] = i;
      }
      if (text.length == 1) {
        single.set(text[0] & 0xFF);
      }
      before = text;
    }
    close(path, 0, before.length, node);
    first[nodes] = ids.length;
  }

  private void close(int[] path, int from, int to, int node) {
    for (int depth = from; depth < to; depth++) {
      skips[path[depth]] = node;
    }
  }

  private static int common(byte[] a, byte[] b) {
    int at = Arrays.mismatch(a, b);
    return at < 0 ? a.length : at;
  }

  /** The bytes that a token of one byte stands for. */
  BitSet single() {
    return single;
  }

  /** Sets the bits of the tokens over which the automaton can go on from a state. */
  void allowed(Dfa dfa, int state, long[] mask) {
    int[] states = new int[deepest + 1];
    states[0] = state;
    int node = 0;
    while (node < labels.length) {
      int depth = depths[node];
      int next = dfa.next(states[depth], labels[node] & 0xFF);
      if (next < 0) {
        node = skips[node];
      } else {
        states[depth + 1] = next;
        for (int i = first[node]; i < first[node + 1]; i++) {
          mask[ids[i] >> 6] |= 1L << ids[i];
        }
        node++;
      }
    }
  }
}
