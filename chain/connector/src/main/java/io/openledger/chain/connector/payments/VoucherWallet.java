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
 * <p>Without its file a wallet goes on as well: the payee refuses the first voucher, and shows the
 * highest that it has, with this wallet's own signature.
 */
public final class VoucherWallet implements AutoCloseable {

  private final ChannelDomain domain;
  private final Channel channel;
  private final Signer signer;
  private final SpendingLimits limits;
  private final Clock clock;
  private final WalletFile file;
  private final Map<Long, Open> open = new HashMap<>();
  private WalletState state;
  private Wei others = Wei.ZERO;
  private long calls;

  /** A call of which it is not known what it was charged, and the day that it counts for. */
  private record Open(Wei price, long day) {}

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
   * @param spentToday counted against the day's limit
   */
  public record Balance(Wei issued, Wei charged, Wei deposit, Wei spentToday) {}

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
    return new Balance(state.issued(), state.charged(), state.deposit(), spent(today()));
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
    long today = today();
    Wei spent = spent(today).plus(price);
    if (price.isZero() || price.compareTo(limits.perCall()) > 0) {
      throw forbidden("a price of " + price + " wei", "1 to " + limits.perCall() + " wei a call");
    }
    if (spent.compareTo(limits.perDay()) > 0) {
      throw forbidden(spent + " wei for calls of today", "up to " + limits.perDay() + " wei a day");
    }
    Wei outstanding = outstanding();
    Wei needed = state.charged().plus(outstanding).plus(price);
    Wei cumulative = needed.compareTo(state.issued()) > 0 ? needed : state.issued();
    if (cumulative.compareTo(state.deposit()) > 0) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "a voucher for " + cumulative + " wei",
          "up to the channel's deposit, " + state.deposit() + " wei as far as is known",
          "put more in, and look at the channel again");
    }
    // on the disk before it is signed
    keep(state.withIssued(cumulative).withSpent(today, spent));
    long call = ++calls;
    open.put(call, new Open(price, today));
    try {
      PaidCall paid = new PaidCall(channel.id(), cumulative, request, Hash256.sha256(quote));
      return new Issued(
          call,
          price,
          new Voucher(channel.id(), cumulative).sign(domain, signer),
          signer.sign(paid.in(domain)),
          acknowledgement(cumulative));
    } catch (RuntimeException e) {
      refused(call); // nothing was given out
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
    Open was = open.remove(call.call());
    keep(was == null ? known : back(known, was, call.price().minus(charged)));
    others(payee);
  }

  private static WalletState back(WalletState state, Open call, Wei amount) {
    return call.day() == state.day()
        ? state.withSpent(state.day(), state.spent().minus(least(amount, state.spent())))
        : state;
  }

  private Wei outstanding() {
    return open.values().stream().map(Open::price).reduce(others, Wei::plus);
  }

  /** The payee refused: nothing was charged for this call, and nothing will be. */
  public synchronized void refused(Issued call) {
    refused(call.call());
  }

  private void refused(long call) {
    Open was = open.remove(call);
    if (was != null) {
      keep(back(state, was, was.price()));
    }
  }

  /**
   * Takes up what the payee says, after it refused a voucher.
   *
   * @throws OpenLedgerException {@code CHAIN_DISPUTED} if it claims what this wallet did not sign
   */
  public synchronized void adopt(PayeeView payee) {
    WalletState known = known(payee);
    keep(known);
    others(payee);
  }

  // calls of another run that are under way with the payee count as if they were to be charged
  private void others(PayeeView payee) {
    Wei own = open.values().stream().map(Open::price).reduce(Wei.ZERO, Wei::plus);
    others = payee.reserved().compareTo(own) > 0 ? payee.reserved().minus(own) : Wei.ZERO;
  }

  private WalletState known(PayeeView payee) {
    Wei signed = state.issued();
    if (payee.accepted().compareTo(signed) > 0) {
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
            "up to " + signed + " wei, or the signature");
      }
      signed = payee.accepted();
    }
    if (payee.charged().compareTo(signed) > 0) {
      throw disputed(payee.charged() + " wei charged", "at most the " + signed + " wei signed");
    }
    Wei charged =
        payee.charged().compareTo(state.charged()) > 0 ? payee.charged() : state.charged();
    return state.withIssued(signed).withCharged(charged);
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
  private Wei spent(long today) {
    return today > state.day() ? Wei.ZERO : state.spent();
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
