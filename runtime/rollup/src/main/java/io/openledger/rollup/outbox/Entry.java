package io.openledger.rollup.outbox;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.SentTransaction;
import io.openledger.rollup.outbox.OutboxMessage.State;
import java.time.Instant;
import java.util.Optional;

/**
 * A message's row.
 *
 * @param content SHA-256 of what it is to do, see {@link Signing#content}
 * @param wish what an administrator wants of it
 * @param since by the database's clock
 * @param unproven whether what became of it is final and nobody shows it: its nonce is used up, or
 *     its block stays, and neither a receipt of it nor another transaction is to be had. It stands
 *     until one is, or until an administrator decides
 */
record Entry(
    String key,
    Hash256 content,
    long chainId,
    ChainAddress signer,
    long nonce,
    State state,
    Hash256 transaction,
    Optional<Place> place,
    Optional<String> detail,
    Optional<Wish> wish,
    Instant submittedAt,
    Instant since,
    boolean unproven) {

  /** What an administrator may want. */
  enum Wish {
    CANCEL,
    RETRY
  }

  /**
   * In which block it is.
   *
   * @param number of the block
   * @param hash of the block
   */
  record Place(long number, Hash256 hash) {}

  /** Whether it stands for a nonce that nobody had, see {@link Gaps}. */
  boolean filler() {
    return key.startsWith(Gaps.PREFIX);
  }

  boolean cancelled() {
    return wish.filter(w -> w == Wish.CANCEL).isPresent();
  }

  /** Whether a transaction of the key does what this is to do. */
  boolean does(SentTransaction sent) {
    return sent.to()
        .map(to -> Signing.content(chainId, to, sent.value(), sent.data()))
        .equals(Optional.of(content));
  }

  OutboxMessage message() {
    return new OutboxMessage(key, signer, nonce, state, transaction, detail, since);
  }
}
