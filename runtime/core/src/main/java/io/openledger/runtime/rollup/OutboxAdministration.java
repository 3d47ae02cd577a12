package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.Page;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is on its way to the chain, as an administrator sees it and may intervene. Safe for any
 * thread; what is shown is what the database says, whichever node sends.
 *
 * <p>All methods throw {@link OpenLedgerException} with {@link
 * io.openledger.api.ErrorCode#FORBIDDEN} for callers who are no administrators.
 */
public interface OutboxAdministration {

  /** How far a message is. A reorganisation takes it back to {@link #SENT}. */
  enum State {
    /** Signed and stored; no node has been told yet. */
    STORED,
    /** A node took it; it is in no block. */
    SENT,
    /** In a block. */
    UNSAFE,
    /** In a block that is derived from L1. */
    SAFE,
    /** In a block that stays. */
    FINALIZED,
    /** In a block that stays, and reverted there. */
    REVERTED,
    /** Taken back: another transaction has its nonce for good. */
    CANCELLED
  }

  /**
   * A message.
   *
   * @param key names it for ever
   * @param signer who signed
   * @param nonce of the signer
   * @param state how far it is
   * @param transaction the hash that is in a block; else the one that was signed last
   * @param block in which it is
   * @param detail what stands in its way, why it was reverted, or who settled it
   * @param wish {@code CANCEL} or {@code RETRY} while that is being done
   * @param submittedAt when it was stored
   * @param since when it came into this state
   */
  record Message(
      String key,
      ChainAddress signer,
      long nonce,
      State state,
      Hash256 transaction,
      OptionalLong block,
      Optional<String> detail,
      Optional<String> wish,
      Instant submittedAt,
      Instant since) {}

  /**
   * Bytes that were signed for a message. Any of them may turn up in a block.
   *
   * @param transaction their hash
   * @param nonce of the signer
   * @param cancels whether they only use up the nonce
   * @param tip offered for a unit of gas
   * @param cap most for a unit of gas
   * @param storedAt when
   */
  record Attempt(
      Hash256 transaction, long nonce, boolean cancels, Wei tip, Wei cap, Instant storedAt) {}

  /**
   * A message with all that was signed for it.
   *
   * @param attempts in order
   */
  record Detail(Message message, List<Attempt> attempts) {
    public Detail {
      attempts = List.copyOf(attempts);
    }
  }

  /**
   * How the outbox is.
   *
   * @param figures its numbers
   * @param oldest how long the oldest message that is not final has waited
   * @param trouble what stands in the way of all, as this node sees it
   */
  record Status(OutboxFigures figures, Optional<Duration> oldest, Optional<String> trouble) {}

  /** Numbers, and what stands in the way. */
  Status status();

  /**
   * Messages, the oldest first.
   *
   * @param state only those; all if empty
   * @param offset position of the first, from 0
   * @param limit 1 to {@value Page#MAX_LIMIT}
   */
  Page<Message> list(Optional<State> state, long offset, int limit);

  /**
   * One message.
   *
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#CHAIN_MESSAGE_UNKNOWN}
   */
  Detail get(String key);

  /**
   * Wishes for another try: a message that waits is told again at once; one that was reverted or
   * cancelled, and is final, is signed once more with a new nonce, unless it would be reverted
   * again now. It is the sender's turn that does it.
   *
   * <p>A message that waits although its nonce is used up, or its block is final, and of which no
   * endpoint shows what became of it, may have been paid; its detail says so. To wish for another
   * try of that one signs it for a new nonce, and <b>pays a second time if it was paid</b>: ask an
   * endpoint that keeps old blocks and receipts first.
   *
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#CHAIN_MESSAGE_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#CHAIN_REFUSED} if it is final and had its effect, or was signed
   *     by a key that this server does not have
   */
  Detail retry(String key);

  /**
   * Says that a message which may have been paid, as its detail says, and which no endpoint shows,
   * was paid: an administrator has found the transaction elsewhere. It is {@link State#FINALIZED}
   * from then on. The chain is asked whether the block is final and has the transaction, whether
   * this server's key signed it and it does what the message is to do; no other message may have
   * it. That it had its effect is the administrator's word where no endpoint shows its receipt.
   *
   * @param transaction that paid it: its own, or another one of the same key that does the same
   * @param block in which it is
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#CHAIN_MESSAGE_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#CHAIN_REFUSED} if it is not one of these, or the chain has or
   *     shows something else, and what asking the chain throws; then nothing is changed
   */
  Detail paid(String key, Hash256 transaction, long block);

  /**
   * Wishes to take a message back: a transfer of nothing is offered more for the same nonce. The
   * message may win all the same; it is {@link State#CANCELLED} or {@link State#FINALIZED} only
   * when the chain has decided.
   *
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#CHAIN_MESSAGE_UNKNOWN}, {@link
   *     io.openledger.api.ErrorCode#CHAIN_REFUSED} if it is final, or was signed by a key that this
   *     server does not have
   */
  Detail cancel(String key);
}
