package io.openledger.rollup.outbox;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.rpc.BlockHeader;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.runtime.store.Store;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Looks how far the chain is.
 *
 * <p>The nonce of the newest finalized block wants that block's state, which full nodes keep of
 * some hundred blocks only: on a rollup the newest final block is older. Where it is refused, what
 * was seen at blocks that have become final since counts ({@link NonceWatch}), and what this outbox
 * knows to be final. Either may be less than the truth, which makes the sender wait and never err.
 * One thread at a time.
 */
final class Views {

  private static final System.Logger LOG = System.getLogger(Views.class.getName());

  /** How long a state that was refused is not asked for again. */
  private static final long REFUSED_FOR = Duration.ofMinutes(1).toNanos();

  private final ChainClient chain;
  private final Store store;
  private final OutboxRows rows;
  private final Identity identity;
  private final NonceWatch watch;
  private final LongSupplier nanoTime;
  private final long budget;
  private OptionalLong refusedAt = OptionalLong.empty();

  /** What the outbox knew to be final when the state was last refused. */
  private long known;

  Views(
      ChainClient chain,
      Store store,
      OutboxRows rows,
      Identity identity,
      NonceWatch watch,
      LongSupplier nanoTime,
      long budget) {
    this.chain = chain;
    this.store = store;
    this.rows = rows;
    this.identity = identity;
    this.watch = watch;
    this.nanoTime = nanoTime;
    this.budget = budget;
  }

  /**
   * @throws OpenLedgerException what the chain's client throws
   */
  View look() {
    // before the block: it is of that one or of an earlier one
    OptionalLong told = finalNonce();
    BlockHeader finalized = chain.head(Finality.FINALIZED);
    BlockHeader safe = chain.head(Finality.SAFE);
    BlockHeader unsafe = chain.head(Finality.UNSAFE);
    long nextNonce = chain.nonce(identity.signer(), Finality.UNSAFE);
    // a nonce is of this block if the block was the newest before and after it was asked for
    boolean exact = told.isEmpty() && chain.head(Finality.UNSAFE).hash().equals(unsafe.hash());
    watch.saw(unsafe, nextNonce, exact);
    // no more can be final than is in blocks at all: nonces that are passed are lost for good
    long finalNonce =
        Math.min(
            nextNonce,
            told.isPresent()
                ? told.getAsLong()
                : Math.max(known, watch.finalNonce(finalized.number())));
    return new View(
        finalNonce,
        nextNonce,
        finalized,
        safe,
        unsafe,
        nanoTime,
        budget,
        nanoTime.getAsLong() + budget);
  }

  private OptionalLong finalNonce() {
    long now = nanoTime.getAsLong();
    if (refusedAt.isPresent() && now - refusedAt.getAsLong() < REFUSED_FOR) {
      return OptionalLong.empty();
    }
    try {
      OptionalLong told = OptionalLong.of(chain.nonce(identity.signer(), Finality.FINALIZED));
      refusedAt = OptionalLong.empty();
      return told;
    } catch (OpenLedgerException e) {
      if (e.code() != ErrorCode.CHAIN_UNAVAILABLE && e.code() != ErrorCode.CHAIN_REFUSED) {
        throw e;
      }
      // if nobody answers at all, the next question says so
      if (refusedAt.isEmpty()) {
        LOG.log(
            System.Logger.Level.INFO,
            "no state of the newest final block is shown; the outbox counts what becomes final: {0}",
            e.arrived());
      }
      refusedAt = OptionalLong.of(now);
      known = store.requiresNew("reading the highest final nonce", rows::settledBelow);
      return OptionalLong.empty();
    }
  }
}
