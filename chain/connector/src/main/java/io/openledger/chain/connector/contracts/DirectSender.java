package io.openledger.chain.connector.contracts;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.TransactionReceipt;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.IntrinsicGas;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Sends transactions one after another, each until it is in a block, for a key that nobody else
 * uses meanwhile: what a person at a command line does. A server's transactions go through its
 * outbox.
 *
 * <p>What was signed is remembered before it is broadcast. Whoever is killed and begins again
 * broadcasts the same bytes, so that nothing happens twice. Fees are raised at the same nonce. For
 * one thread.
 */
public final class DirectSender {

  private static final int RAISE_PERCENT = 25;
  private static final int GAS_MARGIN = 5; // a fifth more than the node's estimate
  private static final int ESTIMATES = 5; // another endpoint may be a block behind
  private static final int LOOKS = 20; // a receipt may be told later than its block's nonce
  private static final int OTHERS = 3; // transactions of the same key that get in between

  private final ChainClient client;
  private final Signer signer;
  private final SendLimits limits;
  private long next;

  /**
   * @param client asks and broadcasts
   * @param signer of the key
   * @param limits what it may cost
   */
  public DirectSender(ChainClient client, Signer signer, SendLimits limits) {
    this.client = client;
    this.signer = signer;
    this.limits = limits;
  }

  /**
   * A transaction at its nonce, as often as its fee was raised.
   *
   * @param nonce of all of them
   * @param attempts 1 or more, the last with the highest fee
   */
  public record Sent(long nonce, List<SignedTransaction> attempts) {
    public Sent {
      attempts = List.copyOf(attempts);
      if (attempts.isEmpty()) {
        throw OpenLedgerException.invalid("number of signed transactions", 0, "1 or more");
      }
    }

    SignedTransaction last() {
      return attempts.get(attempts.size() - 1);
    }
  }

  /** Where what was signed is kept. */
  public interface Memory {
    /** What was kept and not forgotten. */
    Optional<Sent> recall();

    /** Keeps it; it is broadcast only after this has returned. */
    void remember(Sent sent);

    /** It can never have an effect any more. */
    void forget();

    /** Keeps nothing longer than the process lives. */
    static Memory none() {
      return new Memory() {
        private Optional<Sent> sent = Optional.empty();

        @Override
        public Optional<Sent> recall() {
          return sent;
        }

        @Override
        public void remember(Sent given) {
          sent = Optional.of(given);
        }

        @Override
        public void forget() {
          sent = Optional.empty();
        }
      };
    }
  }

  /**
   * What became of it.
   *
   * @param nonce that it had
   * @param receipt missing only if no node has it any more, though what it does is done
   */
  record Outcome(long nonce, Optional<TransactionReceipt> receipt) {}

  /**
   * Sends and waits for the block.
   *
   * @param what it is, for messages
   * @param to the contract
   * @param value sent along
   * @param data calldata
   * @param moreGas allowed beyond the node's estimate and a fifth: for calls that succeed with less
   *     than they need, because they catch what fails within them
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it is or would be reverted, or the sender
   *     cannot pay; {@code CHAIN_UNAVAILABLE} if it is in no block and its fee is at the ceiling
   */
  public TransactionReceipt send(
      String what, ChainAddress to, Wei value, byte[] data, long moreGas) {
    return send(what, to, value, data, moreGas, Memory.none());
  }

  /** The same with no more gas than the estimate and a fifth. */
  public TransactionReceipt send(String what, ChainAddress to, Wei value, byte[] data) {
    return send(what, to, value, data, 0);
  }

  /**
   * The same for what must not happen twice: what was signed is kept in the memory before it is
   * broadcast, and what is in the memory already is broadcast again instead of being signed anew.
   * It is forgotten only when it can have no effect any more: when it was reverted in a final
   * block.
   */
  public TransactionReceipt send(
      String what, ChainAddress to, Wei value, byte[] data, long moreGas, Memory memory) {
    Content content = new Content(Optional.of(to), value, data, moreGas);
    // whether it was done cannot be told without a receipt, and doing it again might pay twice
    Effect unknown =
        nonce ->
            () -> {
              throw new OpenLedgerException(
                  ErrorCode.CHAIN_REFUSED,
                  what
                      + ": nonce "
                      + nonce
                      + " of "
                      + signer.address()
                      + " was used, and no node has a receipt of this transaction",
                  "a key that nobody else uses meanwhile",
                  "look on the chain what was done; only if it was not this, remove what was kept"
                      + " of it, such as a journal, and run it again");
            };
    return send(what, content, memory, unknown).receipt().orElseThrow();
  }

  /** How an effect is recognised whose transaction had a nonce. */
  interface Effect {
    BooleanSupplier of(long nonce);
  }

  /** What is to be sent; {@link #send} says what each is. */
  record Content(Optional<ChainAddress> to, Wei value, byte[] data, long moreGas) {}

  Outcome send(String what, Content content, Memory memory, Effect effect) {
    for (int others = 0; others < OTHERS; others++) {
      Sent sent = memory.recall().orElse(null);
      if (sent == null) {
        sent = new Sent(nextNonce(), List.of(sign(content)));
        memory.remember(sent);
      }
      Optional<Outcome> outcome = follow(what, sent, memory, effect.of(sent.nonce()));
      if (outcome.isPresent()) {
        next = outcome.get().nonce() + 1;
        return outcome.get();
      }
      // this one can never have an effect
      memory.forget();
    }
    throw new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        what
            + ": other transactions of "
            + signer.address()
            + " used its nonce "
            + OTHERS
            + " times",
        "a key that nobody else uses meanwhile",
        "stop who else sends with this key, and run it again");
  }

  private long nextNonce() {
    // an endpoint that is behind must not make us use a nonce twice
    next = Math.max(next, client.nonce(signer.address(), Finality.UNSAFE));
    return next;
  }

  private SignedTransaction sign(Content content) {
    long gas =
        estimate(
            new Call(Optional.of(signer.address()), content.to(), content.value(), content.data()));
    gas =
        Math.max(
            gas + gas / GAS_MARGIN + content.moreGas(),
            IntrinsicGas.leastLimit(content.data(), content.to().isEmpty()));
    return signer.signTransaction(
        new Eip1559Transaction(
            client.chainId(),
            next,
            client.fees(limits.feeCeiling()),
            gas,
            content.to(),
            content.value(),
            content.data()));
  }

  private long estimate(Call call) {
    for (int tried = 1; ; tried++) {
      try {
        return client.estimateGas(call);
      } catch (OpenLedgerException e) {
        if (e.code() != ErrorCode.CHAIN_REFUSED || tried == ESTIMATES) {
          throw ContractAbi.explained(e, ContractAbi.revertReasons());
        }
        pause();
      }
    }
  }

  /**
   * Empty: the nonce was used by another transaction, or by this one, which is reverted for good.
   */
  private Optional<Outcome> follow(String what, Sent begun, Memory memory, BooleanSupplier effect) {
    Optional<TransactionReceipt> earlier = receipt(begun);
    if (earlier.isPresent()) {
      return reverted(earlier.get()) && isFinal(earlier.get())
          ? Optional.empty()
          : Optional.of(done(what, begun, memory, earlier.get()));
    }
    Sent sent = begun;
    while (true) {
      Broadcast answer = client.broadcast(sent.last());
      if (answer == Broadcast.FUNDS) {
        throw funds(what, sent.last());
      }
      long looks = limits.patience().toMillis() / limits.poll().toMillis();
      if (answer == Broadcast.UNDERPRICED) {
        // what it stands behind may be in a block soon; raising the fee is not to wait for that
        looks = Math.min(looks, 2 * LOOKS);
      }
      int used = 0;
      for (long look = 0; look < looks; look++) {
        Optional<TransactionReceipt> receipt = receipt(sent);
        if (receipt.isPresent()) {
          return Optional.of(done(what, sent, memory, receipt.get()));
        }
        if (client.nonce(signer.address(), Finality.UNSAFE) > sent.nonce() && ++used >= LOOKS) {
          return effect.getAsBoolean()
              ? Optional.of(new Outcome(sent.nonce(), Optional.empty()))
              : Optional.empty();
        }
        pause();
      }
      sent = raised(what, sent, answer);
      memory.remember(sent);
    }
  }

  private Optional<TransactionReceipt> receipt(Sent sent) {
    for (SignedTransaction attempt : sent.attempts()) {
      Optional<TransactionReceipt> receipt = client.receipt(attempt.hash());
      if (receipt.isPresent()) {
        return receipt;
      }
    }
    return Optional.empty();
  }

  private static boolean reverted(TransactionReceipt receipt) {
    return !receipt.succeeded();
  }

  /** Until then a reorganisation may put it into another block, in which it succeeds. */
  private boolean isFinal(TransactionReceipt receipt) {
    return receipt.block() <= client.head(Finality.FINALIZED).number();
  }

  private Outcome done(String what, Sent sent, Memory memory, TransactionReceipt receipt) {
    if (reverted(receipt)) {
      boolean over = isFinal(receipt);
      if (over) {
        memory.forget();
      }
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          what
              + " was reverted in block "
              + receipt.block()
              + " (0x"
              + receipt.transaction().hex()
              + ")"
              + (over ? "" : ", which is not final yet"),
          "a transaction that succeeds, as it did when it was estimated",
          "find out what changed in between, and run it again"
              + (over ? "" : " when that block is final"));
    }
    return new Outcome(sent.nonce(), Optional.of(receipt));
  }

  private Sent raised(String what, Sent sent, Broadcast answer) {
    // of a first attempt it may be another program's transaction that waits, which must not be
    // replaced
    Optional<Fees> fees =
        answer == Broadcast.UNDERPRICED && sent.attempts().size() == 1
            ? Optional.empty()
            : sent.last()
                .open()
                .transaction()
                .fees()
                .bumped(RAISE_PERCENT, client.fees(limits.feeCeiling()), limits.feeCeiling());
    if (fees.isEmpty()) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_UNAVAILABLE,
          what
              + " waits with nonce "
              + sent.nonce()
              + (answer == Broadcast.UNDERPRICED
                  ? ", behind another transaction of the same nonce or below the node's least fee"
                  : ", and its fee is at the ceiling"),
          "a fee of at most " + limits.feeCeiling() + " wei a unit of gas",
          "run it again later, or with a higher ceiling; what was signed is broadcast again");
    }
    List<SignedTransaction> attempts = new ArrayList<>(sent.attempts());
    attempts.add(
        signer.signTransaction(sent.last().open().transaction().withFees(fees.orElseThrow())));
    return new Sent(sent.nonce(), attempts);
  }

  private OpenLedgerException funds(String what, SignedTransaction transaction) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_REFUSED,
        what
            + ": "
            + signer.address()
            + " has "
            + coins(client.balance(signer.address()))
            + " of the chain's coin",
        coins(transaction.open().transaction().atMost()) + " or more, the most that it can cost",
        "send coins to this address, and run it again");
  }

  /** An amount as people read it, without the zeros at its end. */
  static String coins(Wei amount) {
    return amount.isZero() ? "0" : amount.toOpen().stripTrailingZeros().toPlainString();
  }

  private void pause() {
    try {
      Thread.sleep(limits.poll().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OpenLedgerException(
          ErrorCode.CANCELLED,
          "interrupted while waiting for a block",
          "to wait",
          "run it again: what was signed is broadcast again",
          e);
    }
  }
}
