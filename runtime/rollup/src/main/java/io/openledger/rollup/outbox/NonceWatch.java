package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which nonce was the key's next at which block, as far as this node has seen it since it began to
 * send. Whoever keeps no states of old blocks is not needed for it. One thread at a time.
 */
final class NonceWatch {

  /** What is seen is kept so often while nothing of the key's enters a block. */
  private static final long EVERY_BLOCKS = 16;

  /** More than a rollup makes blocks until one is final, at any rate of messages. */
  private static final int MOST = 8192;

  /**
   * @param exact whether the nonce is certainly of this very block; else it may be of a later one
   */
  private record Seen(long block, Hash256 hash, long nonce, boolean exact) {}

  private final ChainClient chain;
  private final ArrayDeque<Seen> seen = new ArrayDeque<>();

  NonceWatch(ChainClient chain) {
    this.chain = chain;
  }

  void clear() {
    seen.clear();
  }

  void saw(BlockHeader head, long nonce, boolean exact) {
    Seen last = seen.peekLast();
    if (last != null
        && last.nonce() == nonce
        && last.exact() == exact
        && head.number() >= last.block()
        && head.number() < last.block() + EVERY_BLOCKS) {
      return;
    }
    seen.addLast(new Seen(head.number(), head.hash(), nonce, exact));
    if (seen.size() > MOST) {
      seen.removeFirst();
    }
  }

  private boolean canonical(Seen each) {
    return chain.block(each.block()).map(BlockHeader::hash).equals(Optional.of(each.hash()));
  }

  /** The key's next nonce at the highest block seen up to a final one; 0 if none was. */
  long finalNonce(long finalized) {
    for (Iterator<Seen> newest = seen.descendingIterator(); newest.hasNext(); ) {
      Seen each = newest.next();
      if (each.block() <= finalized && each.exact()) {
        if (canonical(each)) {
          return each.nonce();
        }
        newest.remove(); // of a branch that was given up
      }
    }
    return 0;
  }

  /** A block up to which the nonce was not used yet; empty if none was seen. */
  OptionalLong unused(long nonce) {
    for (Iterator<Seen> newest = seen.descendingIterator(); newest.hasNext(); ) {
      Seen each = newest.next();
      if (each.nonce() <= nonce && canonical(each)) {
        return OptionalLong.of(each.block());
      }
    }
    return OptionalLong.empty();
  }
}
