package io.openledger.chain.merkle;

import static io.openledger.chain.merkle.KeccakF1600.HASH_LANES;

import io.openledger.api.Hash256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The nodes of a Merkle tree whose leaves have places: level above level, the last node of an odd
 * level goes up as it is. A leaf that changes or comes last changes one node a level.
 *
 * <p>64 bytes a leaf. Updated by one thread, with others that help it; read by any while none
 * updates.
 */
final class GrowingTree {

  private static final int SHIFT = 12;
  private static final int PIECE = 1 << SHIFT;

  private static final VarHandle LONG_LE =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Fewer hashes than this are not worth another thread. */
  private static final int CHUNK = 512;

  // a level is made of pieces of 4096 nodes, so that growing copies nothing
  private final List<long[][]> levels = new ArrayList<>();
  private int leaves;

  int leaves() {
    return leaves;
  }

  /** The root of one leaf or more. */
  Hash256 root() {
    return node(levels.size() - 1, 0);
  }

  /** The siblings from a leaf upwards. */
  List<Hash256> proof(int index) {
    List<Hash256> siblings = new ArrayList<>(levels.size());
    int nodes = leaves;
    for (int level = 0, i = index; nodes > 1; level++, i >>= 1, nodes = (nodes + 1) >> 1) {
      if ((i ^ 1) < nodes) {
        siblings.add(node(level, i ^ 1));
      }
    }
    return siblings;
  }

  /**
   * Hashes leaves anew, and all above them.
   *
   * @param changed the indices of the records that changed, ascending; overwritten
   * @param count how many of them
   * @param records of which those from {@link #leaves} on are new
   * @param helpers threads that may help
   */
  void update(Records records, int[] changed, int count, Executor helpers) {
    int appended = records.size() - leaves;
    int[] dirty = Arrays.copyOf(changed, count + appended);
    for (int i = 0; i < appended; i++) {
      dirty[count + i] = leaves + i;
    }
    leaves = records.size();
    room(0, leaves);
    SharedLoop.run(dirty.length, CHUNK, helpers, (from, to) -> leaves(records, dirty, from, to));
    int left = dirty.length;
    int level = 0;
    for (int nodes = leaves; nodes > 1; nodes = (nodes + 1) >> 1) {
      room(level + 1, (nodes + 1) >> 1);
      left = parents(dirty, left);
      int below = level;
      int siblings = nodes;
      SharedLoop.run(left, CHUNK, helpers, (from, to) -> inner(below, siblings, dirty, from, to));
      level++;
    }
  }

  /**
   * Puts the parents of the first nodes of the list in their place there; ascending as they were.
   */
  private static int parents(int[] dirty, int count) {
    int out = 0;
    for (int i = 0; i < count; i++) {
      int parent = dirty[i] >> 1;
      if (out == 0 || dirty[out - 1] != parent) {
        dirty[out++] = parent;
      }
    }
    return out;
  }

  private void leaves(Records records, int[] dirty, int from, int to) {
    KeccakF1600 keccak = new KeccakF1600();
    long[] encoded = new long[2 * HASH_LANES];
    for (int i = from; i < to; i++) {
      records.encode(dirty[i], encoded);
      keccak.leaf(encoded, piece(0, dirty[i]), at(dirty[i]));
    }
  }

  /**
   * Hashes nodes of the level above one.
   *
   * @param nodes how many nodes the level below has
   */
  private void inner(int below, int nodes, int[] dirty, int from, int to) {
    KeccakF1600 keccak = new KeccakF1600();
    for (int i = from; i < to; i++) {
      int parent = dirty[i];
      int child = 2 * parent;
      long[] in = piece(below, child);
      long[] out = piece(below + 1, parent);
      // a piece has an even number of nodes: both children stand in one
      if (child + 1 < nodes) {
        keccak.pair(in, at(child), in, at(child + 1), out, at(parent));
      } else {
        System.arraycopy(in, at(child), out, at(parent), HASH_LANES);
      }
    }
  }

  GrowingTree copy() {
    GrowingTree copy = new GrowingTree();
    copy.leaves = leaves;
    for (long[][] level : levels) {
      long[][] pieces = new long[level.length][];
      for (int i = 0; i < pieces.length; i++) {
        pieces[i] = level[i] == null ? null : level[i].clone();
      }
      copy.levels.add(pieces);
    }
    return copy;
  }

  private void room(int level, int nodes) {
    if (level == levels.size()) {
      levels.add(new long[1][]);
    }
    long[][] pieces = levels.get(level);
    int needed = (nodes + PIECE - 1) >> SHIFT;
    if (needed > pieces.length) {
      pieces = Arrays.copyOf(pieces, Math.max(needed, 2 * pieces.length));
      levels.set(level, pieces);
    }
    for (int i = needed - 1; i >= 0 && pieces[i] == null; i--) {
      // the upper levels are small
      pieces[i] = new long[(i == 0 ? capacity(nodes) : PIECE) * HASH_LANES];
    }
    if (needed > 0 && pieces[0].length < Math.min(nodes, PIECE) * HASH_LANES) {
      pieces[0] = Arrays.copyOf(pieces[0], capacity(nodes) * HASH_LANES);
    }
  }

  private static int capacity(int nodes) {
    return nodes >= PIECE ? PIECE : Math.max(2, 2 * Integer.highestOneBit(nodes));
  }

  private long[] piece(int level, int index) {
    return levels.get(level)[index >> SHIFT];
  }

  private static int at(int index) {
    return (index & (PIECE - 1)) * HASH_LANES;
  }

  private Hash256 node(int level, int index) {
    byte[] bytes = new byte[8 * HASH_LANES];
    for (int i = 0; i < HASH_LANES; i++) {
      LONG_LE.set(bytes, 8 * i, piece(level, index)[at(index) + i]);
    }
    return Hash256.of(bytes);
  }
}
