package io.openledger.chain.connector.payments;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A payer's side of one channel. Safe for any thread; one process at a time has its file.
 *
 * <p><b>What holds, whatever crashes.</b> An amount is on the disk before it is signed, so what was
 * signed is never above what the file says, and the next voucher is never below it. A call of which
 * nobody knows whether it was charged stays counted as if it were, until the payee tells; so no
 * amount is given out for two calls, but where the payee leaves room for both. What the payee tells
 * is believed up to what was signed: that is all that it can ever take.
 *
 * <p><b>The day's limit counts what was signed</b>, because that is what a payee can take. Nothing
 * is given back to it, whatever the payee tells, be it that a call cost less, that it was refused,
 * or that more was charged: what a call left over is signed already, so the next one signs less.
 *
 * <p>Without its file a wallet goes on as well: the payee refuses the first voucher, and shows the
 * highest that it has, with this wallet's own signature. On which day that was signed is forgotten
 * then, and it counts as of today.
 *
 * <p>Above the usual length because what is signed, what is believed and what is counted are one
 * state, which changes under one lock.
 */
public final class VoucherWallet implements AutoCloseable {

  private final ChannelDomain domain;
  private final Channel channel;
  private final Signer signer;
  private final SpendingLimits limits;
  private final Clock clock;
  private final WalletFile file;

  /** Prices of calls under way. */
  private final Map<Long, Wei> open = new HashMap<>();

  private WalletState state;

  /** Prices of calls that had no answer, until the payee tells where the channel is. */
  private Wei unanswered = Wei.ZERO;

  /** What the payee holds back for calls that are none of {@link #open}. */
  private Wei others = Wei.ZERO;

  private long calls;

  /**
   * A voucher for one call, and what it is for.
   *
   * @param call the wallet's own number of the call
   * @param price held back for it
   * @param voucher to hand to the payee
   * @param authorization that it is for this request and quote
   * @param acknowledged what was charged before, signed, where that is less than was signed before
   */
  public record Issued(
      long call,
      Wei price,
      Voucher.Signed voucher,
      Signature authorization,
      Optional<Voucher.Signed> acknowledged) {}

  /**
   * What the wallet knows.
   *
   * @param issued the highest amount that was signed
   * @param charged what the payee has charged, as far as it told
   * @param deposit what the channel holds, as far as the wallet looked
   * @param signedToday by how much {@code issued} rose today, which is what the day's limit bounds
   */
  public record Balance(Wei issued, Wei charged, Wei deposit, Wei signedToday) {}

  private VoucherWallet(
      ChannelDomain domain,
      Channel channel,
      Signer signer,
      SpendingLimits limits,
      Clock clock,
      WalletFile file) {
    this.domain = domain;
    this.channel = channel;
    this.signer = signer;
    this.limits = limits;
    this.clock = clock;
    this.file = file;
    this.state = file.read().orElse(WalletState.NEW);
  }

  /**
   * Opens a wallet, whether its file is there or not.
   *
   * @param number of the payer's channels to this payee, from 0: a closed channel stays closed, the
   *     next one has another number
   * @param signer of the payer; not closed with the wallet
   * @throws OpenLedgerException {@code STORAGE_UNAVAILABLE} if the file is in use, damaged, or of
   *     another channel
   */
  public static VoucherWallet open(
      Path file,
      ChannelDomain domain,
      ChainAddress payee,
      long number,
      Signer signer,
      SpendingLimits limits,
      Clock clock) {
    if (number < 0) {
      throw OpenLedgerException.invalid("number of a channel", number, "0 or more");
    }
    byte[] salt = new byte[32];
    java.nio.ByteBuffer.wrap(salt).putLong(24, number);
    Channel channel = new Channel(signer.address(), payee, Hash256.of(salt));
    WalletFile opened = WalletFile.open(file, domain, channel.id());
    try {
      return new VoucherWallet(domain, channel, signer, limits, clock, opened);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** Who pays whom. */
  public Channel channel() {
    return channel;
  }

  /** Where the vouchers hold. */
  public ChannelDomain domain() {
    return domain;
  }

  /** What the wallet knows. */
  public synchronized Balance balance() {
    return new Balance(state.issued(), state.charged(), state.deposit(), signed(today()));
  }

  /**
   * Signs for a call.
   *
   * @param request see {@link PaidCall#request}
   * @param quote as the payee gave it
   * @param price most that the call can cost
   * @throws OpenLedgerException {@code FORBIDDEN} if a limit forbids it, {@code CHAIN_REFUSED} if
   *     the deposit does not reach
   */
  public synchronized Issued pay(Hash256 request, String quote, Wei price) {
    if (price.isZero() || price.compareTo(limits.perCall()) > 0) {
      throw forbidden("a price of " + price + " wei", "1 to " + limits.perCall() + " wei a call");
    }
    long today = today();
    Wei needed = state.charged().plus(outstanding()).plus(price);
    Wei cumulative = needed.compareTo(state.issued()) > 0 ? needed : state.issued();
    Wei signed = signed(today).plus(cumulative.minus(state.issued()));
    if (signed.compareTo(limits.perDay()) > 0) {
      throw forbidden(signed + " wei signed today", "up to " + limits.perDay() + " wei a day");
    }
    if (cumulative.compareTo(state.deposit()) > 0) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "a voucher for " + cumulative + " wei",
          "up to the channel's deposit, " + state.deposit() + " wei as far as is known",
          "put more in, and look at the channel again");
    }
    // on the disk before it is signed
    keep(state.withIssued(cumulative).withSigned(today, signed));
    long call = ++calls;
    open.put(call, price);
    try {
      PaidCall paid = new PaidCall(channel.id(), cumulative, request, Hash256.sha256(quote));
      return new Issued(
          call,
          price,
          new Voucher(channel.id(), cumulative).sign(domain, signer),
          signer.sign(paid.in(domain)),
          acknowledgement(cumulative));
    } catch (RuntimeException e) {
      open.remove(call); // nothing was given out; the amount is there for the next call
      throw e;
    }
  }

  private Optional<Voucher.Signed> acknowledgement(Wei cumulative) {
    return state.charged().isZero() || state.charged().compareTo(cumulative) >= 0
        ? Optional.empty()
        : Optional.of(new Voucher(channel.id(), state.charged()).sign(domain, signer));
  }

  /**
   * The payee answered.
   *
   * @param charged for this call
   * @throws OpenLedgerException {@code CHAIN_DISPUTED} if it is more than was agreed: sign no more
   *     for this payee, and close the channel
   */
  public synchronized void answered(Issued call, Wei charged, PayeeView payee) {
    if (charged.compareTo(call.price()) > 0) {
      throw disputed(charged + " wei for a call", "at most " + call.price() + " wei, as agreed");
    }
    WalletState known = known(payee);
    open.remove(call.call());
    adopt(known, payee);
  }

  private Wei outstanding() {
    return own().plus(unanswered).plus(others);
  }

  private Wei own() {
    return open.values().stream().reduce(Wei.ZERO, Wei::plus);
  }

  /**
   * The payee refused: nothing was charged for this call, and nothing will be. What was signed for
   * it is there for the next call; to the day's limit nothing is given back.
   */
  public synchronized void refused(Issued call) {
    open.remove(call.call());
  }

  /**
   * No answer came, or one that leaves open whether the call was charged, such as that the payee is
   * busy. It counts as if it were charged until the payee next tells where the channel is.
   */
  public synchronized void unanswered(Issued call) {
    if (open.remove(call.call()) != null) {
      unanswered = unanswered.plus(call.price());
    }
  }

  /**
   * Takes up what the payee says, after it refused a voucher.
   *
   * @throws OpenLedgerException {@code CHAIN_DISPUTED} if it claims what this wallet did not sign
   */
  public synchronized void adopt(PayeeView payee) {
    adopt(known(payee), payee);
  }

  // What had no answer is now among what was charged or is held back. If it reaches the payee only
  // afterwards, the next voucher is too little, and the payee tells again.
  private void adopt(WalletState known, PayeeView payee) {
    keep(known);
    unanswered = Wei.ZERO;
    Wei own = own();
    Wei held = payee.reserved().compareTo(own) > 0 ? payee.reserved().minus(own) : Wei.ZERO;
    // no payee holds back more than was signed and is not charged
    others = least(held, known.issued().minus(known.charged()));
  }

  private WalletState known(PayeeView payee) {
    WalletState known = state;
    if (payee.accepted().compareTo(known.issued()) > 0) {
      boolean ours =
          payee
              .proof()
              .filter(
                  proof ->
                      new Voucher.Signed(new Voucher(channel.id(), payee.accepted()), proof)
                          .by(channel, domain))
              .isPresent();
      if (!ours) {
        throw disputed(
            "a voucher for " + payee.accepted() + " wei without this wallet's signature",
            "up to " + known.issued() + " wei, or the signature");
      }
      // signed by a wallet whose file is lost, nobody knows when
      long today = today();
      Wei more = payee.accepted().minus(known.issued());
      known = known.withIssued(payee.accepted()).withSigned(today, signed(today).plus(more));
    }
    if (payee.charged().compareTo(known.issued()) > 0) {
      throw disputed(
          payee.charged() + " wei charged", "at most the " + known.issued() + " wei signed");
    }
    return payee.charged().compareTo(known.charged()) > 0
        ? known.withCharged(payee.charged())
        : known;
  }

  /** Notes what the channel holds. Only what the payee takes as settled is worth noting. */
  public synchronized void deposited(ChannelState onChain) {
    keep(state.withDeposit(onChain.open() ? onChain.deposit() : Wei.ZERO));
  }

  /** The transaction that is on its way. */
  synchronized Optional<SignedTransaction> sending() {
    return state.sending();
  }

  /** Has a transaction on the disk before it is sent; empty once it is through. */
  synchronized void sending(Optional<SignedTransaction> transaction) {
    keep(state.withSending(transaction));
  }

  private void keep(WalletState next) {
    if (!next.equals(state)) {
      file.write(next);
      state = next;
    }
  }

  private long today() {
    return Math.floorDiv(clock.instant().getEpochSecond(), 86_400L);
  }

  // a clock that was set back does not begin a day anew
  private Wei signed(long today) {
    return today > state.day() ? Wei.ZERO : state.signed();
  }

  private static Wei least(Wei a, Wei b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static OpenLedgerException forbidden(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.FORBIDDEN,
        arrived,
        allowed,
        "raise the wallet's limits, or do not make the call");
  }

  private static OpenLedgerException disputed(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.CHAIN_DISPUTED,
        "a payee that claims " + arrived,
        allowed,
        "sign no more for it; close the channel");
  }

  /** Lets go of the file. */
  @Override
  public synchronized void close() {
    file.close();
  }

  /** The channel; no key, no signature. */
  @Override
  public String toString() {
    return "wallet of channel 0x" + channel.id().hex();
  }
}
