package io.openledger.serving.engine;

import io.openledger.serving.adapter.AdapterSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of prompts' beginnings, kept for the next prompt that begins alike: a tree of
 * blocks of {@value ReadingPlan#GRID} tokens, each found by its parent and its tokens (compared,
 * not only hashed), the least recently used leaf given up first. Copying a block is some hundred
 * times cheaper than reading it.
 *
 * <p>A tree belongs to one tenant and one variant of the model (an adapter changes keys and values,
 * another version of it changes them again). Tenants share nothing: how soon a first token comes
 * would tell one tenant whether another has asked a prompt that begins alike.
 *
 * <p>Blocks are never freed before {@link #close}, only reused. Owned by the scheduler's thread,
 * but for {@link #bytes}.
 */
final class PrefixCache {

  /**
   * Memory that there is not now may be there later: after this many blocks it is asked for again,
   * then after twice as many.
   */
  static final int LEAST_PAUSE = 16;

  private static final int LONGEST_PAUSE = 4096;

  /** Whose, and on what. Variants are compared by {@code equals}. */
  record Scope(String tenant, Object variant) {}

  private static final class Node {
    final Key key;
    final Decoder.Block block;
    boolean gone;

    Node(Key key, Decoder.Block block) {
      this.key = key;
      this.block = block;
    }
  }

  private static final class Key {
    final Scope scope;
    final @Nullable Node parent;
    final int[] tokens;
    private final int hash;

    Key(Scope scope, @Nullable Node parent, int[] tokens) {
      this.scope = scope;
      this.parent = parent;
      this.tokens = tokens;
      this.hash =
          (31 * scope.hashCode() + System.identityHashCode(parent)) * 31 + Arrays.hashCode(tokens);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && parent == key.parent
          && Arrays.equals(tokens, key.tokens)
          && scope.equals(key.scope);
    }
  }

  /** How far one sequence is in its tree. */
  static final class Chain {
    private final Scope scope;
    private @Nullable Node last;

    private Chain(Scope scope) {
      this.scope = scope;
    }

    private boolean broken() {
      return last != null && last.gone;
    }
  }

  private final Decoder decoder;
  private final long limit;
  // From the least recently used on. A parent is always used after its children: the first is a
  // leaf.
  private final Map<Key, Node> nodes = new LinkedHashMap<>(16, 0.75f, true);
  private final Deque<Decoder.Block> free = new ArrayDeque<>();
  private volatile long bytes;
  private boolean full;
  // After a failed allocation: how many blocks to do without before the next try, and then.
  private int pause;
  private int nextPause = LEAST_PAUSE;

  /**
   * @param limit in bytes; 0: nothing is kept
   */
  PrefixCache(Decoder decoder, long limit) {
    this.decoder = decoder;
    this.limit = limit;
    this.full = limit == 0;
  }

  /** The beginning of a prompt. */
  Chain begin(Scope scope) {
    return new Chain(scope);
  }

  /**
   * Fills a row's next block, when it is there.
   *
   * @param tokens of the block, {@value ReadingPlan#GRID}
   * @param from where the block begins in the row
   */
  boolean restore(Chain chain, int[] tokens, int row, int from) {
    if (chain.broken()) {
      return false;
    }
    @Nullable Node node = nodes.get(new Key(chain.scope, chain.last, tokens));
    if (node == null) {
      return false;
    }
    decoder.restore(node.block, row, from);
    chain.last = node;
    touch(node);
    return true;
  }

  /** Keeps a row's block that was just read. Does nothing where there is no room. */
  void save(Chain chain, int[] tokens, int row, int from) {
    if (limit == 0 || chain.broken()) {
      return;
    }
    Key key = new Key(chain.scope, chain.last, tokens);
    @Nullable Node node = nodes.get(key);
    if (node == null) {
      touch(chain.last);
      Decoder.@Nullable Block block = block(chain.last);
      if (block == null) {
        // All of the cache is this prompt's own beginning.
        chain.last = new Node(key, NOTHING);
        chain.last.gone = true;
        return;
      }
      decoder.save(row, from, block);
      node = new Node(key, block);
      nodes.put(key, node);
    }
    chain.last = node;
    touch(node);
  }

  private static final Decoder.Block NOTHING = () -> 0;

  /** From a node to its root. */
  private void touch(@Nullable Node node) {
    for (@Nullable Node each = node; each != null; each = each.key.parent) {
      nodes.get(each.key);
    }
  }

  private Decoder.@Nullable Block block(@Nullable Node parent) {
    if (free.isEmpty() && !full && pause-- <= 0) {
      Optional<Decoder.Block> fresh = decoder.block(ReadingPlan.GRID);
      long size = fresh.map(Decoder.Block::bytes).orElse(0L);
      if (fresh.isPresent() && bytes + size <= limit) {
        bytes += size;
        pause = 0;
        nextPause = LEAST_PAUSE;
        return fresh.get();
      }
      full = fresh.isPresent();
      pause = nextPause;
      nextPause = Math.min(LONGEST_PAUSE, 2 * nextPause);
    }
    if (free.isEmpty()) {
      Iterator<Node> eldest = nodes.values().iterator();
      if (!eldest.hasNext()) {
        return null;
      }
      Node node = eldest.next();
      if (node == parent) {
        return null;
      }
      eldest.remove();
      giveUp(node);
    }
    return free.poll();
  }

  private void giveUp(Node node) {
    node.gone = true;
    free.push(node.block);
  }

  /**
   * Gives up all that was kept for an adapter that is no more, and for mixes that it is part of.
   */
  void forget(AdapterSource adapter) {
    List<Node> gone = new ArrayList<>();
    nodes.values().stream()
        .filter(node -> node.key.scope.variant() instanceof AdapterSource each && each.has(adapter))
        .forEach(gone::add);
    gone.forEach(node -> nodes.remove(node.key));
    gone.forEach(this::giveUp);
  }

  /** Gives up all; the memory is the decoder's to release. */
  void close() {
    nodes.values().forEach(node -> node.gone = true);
    nodes.clear();
    free.clear();
    full = true;
    bytes = 0;
  }

  /** Memory of all blocks, used or not. */
  long bytes() {
    return bytes;
  }

  /** How many blocks are kept. */
  int blocks() {
    return nodes.size();
  }
}
