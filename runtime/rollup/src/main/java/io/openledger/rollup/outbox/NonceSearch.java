package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.SentTransaction;
import io.openledger.rollup.outbox.Entry.Place;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the transaction that used up a nonce of the key in a finalized block. That is the one proof
 * that a message's bytes are dead: that no receipt is shown is none, for nodes forget receipts, and
 * databases are restored from backups that do not know all that was signed.
 *
 * <p>Where nodes keep states of old blocks, the block is found by the nonce before and after it;
 * else blocks are read one after the other, some in each turn. One thread at a time.
 */
final class NonceSearch {

  /** Blocks that are read in one turn for one nonce. */
  private static final int AT_ONCE = 32;

  /** Blocks that are read for one nonce at all: at two seconds each, a quarter of a day. */
  private static final long MOST_BLOCKS = 10_000;

  /** Nonces that are remembered: some 300 bytes each. */
  static final int REMEMBERED = 20_000;

  /** How a search stands. */
  sealed interface Outcome {
    /**
     * A transaction.
     *
     * @param transaction its hash
     * @param content what it does, see {@link Signing#content}; empty where it creates a contract
     * @param place its final block
     */
    record Found(long nonce, Hash256 transaction, Optional<Hash256> content, Place place)
        implements Outcome {}

    /** The next turn goes on. */
    record Searching() implements Outcome {}

    /**
     * It cannot be found.
     *
     * @param why in words
     */
    record Nothing(String why) implements Outcome {}
  }

  /** Blocks among which it is, both included. */
  private static final class Span {
    long low;
    long high;

    Span(long low, long high) {
      this.low = low;
      this.high = high;
    }
  }

  private final ChainClient chain;
  private final Identity identity;
  private final NonceWatch watch;
  private final Map<Long, Span> spans = new HashMap<>();
  private final Map<Long, Outcome.Found> found =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Outcome.Found> eldest) {
          return size() > REMEMBERED;
        }
      };

  NonceSearch(ChainClient chain, Identity identity, NonceWatch watch) {
    this.chain = chain;
    this.identity = identity;
    this.watch = watch;
  }

  void clear() {
    spans.clear();
    found.clear();
  }

  /** What was found, as far as it is remembered. */
  List<Outcome.Found> all() {
    return List.copyOf(found.values());
  }

  /**
   * Searches on.
   *
   * @param nonce below the view's final nonce
   * @param after asked once for a block before which the nonce was not used, or 0
   * @throws OpenLedgerException what the chain's client throws
   */
  Outcome find(long nonce, LongSupplier after, View view) {
    @Nullable Outcome known = found.get(nonce);
    if (known != null) {
      return known;
    }
    Span span = spans.get(nonce);
    if (span == null) {
      long low = Math.max(after.getAsLong(), watch.unused(nonce).orElse(0));
      span = new Span(Math.min(low, view.finalized().number()), view.finalized().number());
      spans.put(nonce, span);
    }
    if (!narrowed(span, nonce, view)) {
      return new Outcome.Searching();
    }
    Outcome outcome = read(span, nonce, view);
    if (!(outcome instanceof Outcome.Searching)) {
      spans.remove(nonce);
    }
    return outcome;
  }

  private Outcome.Found found(SentTransaction sent, Place place) {
    return new Outcome.Found(
        sent.nonce(),
        sent.hash(),
        sent.to().map(to -> Signing.content(identity.chainId(), to, sent.value(), sent.data())),
        place);
  }

  /** By the nonce before and after a block. False if time is over. */
  private boolean narrowed(Span span, long nonce, View view) {
    // from the newest on, in growing steps: states that are kept are of the newest blocks
    long step = 1;
    boolean near = true;
    while (span.low < span.high) {
      if (!view.timeIsLeft()) {
        return false;
      }
      long middle =
          near ? Math.max(span.low, span.high - step) : span.low + (span.high - span.low) / 2;
      long next;
      try {
        next = chain.nonce(identity.signer(), middle);
      } catch (OpenLedgerException e) {
        if (e.code() == ErrorCode.CHAIN_DISPUTED) {
          throw e;
        }
        return true; // no state: what is left is read
      }
      if (next > nonce) {
        span.high = middle;
        step *= 2;
      } else {
        span.low = middle + 1;
        near = false;
      }
    }
    return true;
  }

  private Outcome read(Span span, long nonce, View view) {
    if (span.high - span.low >= MOST_BLOCKS) {
      return new Outcome.Nothing(
          "it is in one of the blocks "
              + span.low
              + " to "
              + span.high
              + ", and no endpoint has their states");
    }
    for (int i = 0; i < AT_ONCE && span.low <= span.high; i++) {
      if (!view.timeIsLeft()) {
        return new Outcome.Searching();
      }
      Optional<Hash256> hash = chain.block(span.low).map(BlockHeader::hash);
      Optional<List<SentTransaction>> sent =
          hash.flatMap(block -> chain.sent(identity.signer(), block));
      if (hash.isEmpty() || sent.isEmpty()) {
        return new Outcome.Nothing("too few endpoints have block " + span.low);
      }
      Place place = new Place(span.low, hash.get());
      for (SentTransaction each : sent.get()) {
        // of the same block others may be wanted next
        found.putIfAbsent(each.nonce(), found(each, place));
      }
      @Nullable Outcome there = found.get(nonce);
      if (there != null) {
        return there;
      }
      if (sent.get().stream().anyMatch(each -> each.nonce() > nonce)) {
        return new Outcome.Nothing(
            "it is before block "
                + span.low
                + ", and was not found there, or is a transaction of a type that is not known");
      }
      span.low++;
    }
    return span.low <= span.high
        ? new Outcome.Searching()
        : new Outcome.Nothing(
            "no final block up to "
                + span.high
                + " shows it, or it is a transaction of a type that is not known");
  }
}
