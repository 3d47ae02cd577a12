package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.Channel;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.PaidCall;
import io.openledger.chain.connector.payments.Voucher;
import io.openledger.chain.connector.tx.Signature;
import io.openledger.runtime.rollup.PaidRequest;
import io.openledger.runtime.rollup.Payment;
import io.openledger.runtime.rollup.PaymentRefusal;
import io.openledger.runtime.rollup.PaymentRefusal.Reason;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A payment whose signatures are the payer's, for this request and a quote of ours. No more than
 * arithmetic is needed to come here: two recoveries, three with an acknowledgement.
 *
 * @param quote what was offered
 * @param channel who pays whom
 * @param id the channel's name
 * @param voucher the signed amount
 * @param acknowledged what the payer agrees was charged before
 */
record VerifiedPayment(
    Quotes.Quote quote,
    Channel channel,
    Hash256 id,
    PaymentRows.Signed voucher,
    Optional<PaymentRows.Signed> acknowledged) {

  /**
   * Verifies.
   *
   * @throws PaymentRefusal without the channel's standing: nobody has proved to be its payer
   */
  static VerifiedPayment of(
      Payment payment,
      PaidRequest request,
      Quotes quotes,
      ChannelDomain domain,
      ChainAddress payee) {
    if (payment.chainId() != domain.chainId() || !payment.contract().equals(domain.contract())) {
      throw refusal(
          Reason.WRONG_NETWORK,
          "contract " + payment.contract() + " on chain " + payment.chainId(),
          domain.contract() + " on chain " + domain.chainId(),
          "open a channel there");
    }
    if (!payment.payee().equals(payee)) {
      throw refusal(
          Reason.WRONG_PAYEE,
          "a channel for " + payment.payee(),
          "for " + payee,
          "open one for it");
    }
    Quotes.Quote quote =
        quotes
            .read(payment.quote())
            .orElseThrow(
                () ->
                    refusal(
                        Reason.INVALID_QUOTE,
                        "a quote that is not of this server",
                        "the quote of an offer, as it is",
                        "take the new offer"));
    if (!quote.request().equals(request.digest())) {
      throw refusal(
          Reason.OTHER_REQUEST,
          "a quote of another request",
          "the method, path and body that were offered for",
          "send the same bytes, or take the new offer");
    }
    Channel channel = new Channel(payment.payer(), payment.payee(), payment.salt());
    Hash256 id = channel.id();
    PaidCall call =
        new PaidCall(id, payment.cumulative(), request.digest(), Hash256.sha256(payment.quote()));
    Signature authorization = signature(payment.authorization());
    if (authorization
        .signerOf(call.in(domain).digest())
        .filter(channel.payer()::equals)
        .isEmpty()) {
      throw unsigned("request");
    }
    return new VerifiedPayment(
        quote,
        channel,
        id,
        voucher(channel, id, domain, payment.cumulative(), payment.voucher()),
        payment.acknowledged().map(a -> voucher(channel, id, domain, a.cumulative(), a.voucher())));
  }

  private static PaymentRows.Signed voucher(
      Channel channel, Hash256 id, ChannelDomain domain, Wei cumulative, String digits) {
    Signature signature = signature(digits);
    boolean signed;
    try {
      signed = new Voucher.Signed(new Voucher(id, cumulative), signature).by(channel, domain);
    } catch (OpenLedgerException e) {
      signed = false; // an amount that no channel holds
    }
    if (!signed) {
      throw unsigned("voucher");
    }
    // as contracts take it: v as 27 or 28, s in the lower half
    return new PaymentRows.Signed(cumulative, HexFormat.of().formatHex(signature.toBytes()));
  }

  private static Signature signature(String digits) {
    try {
      return Signature.parse(HexFormat.of().parseHex(digits));
    } catch (IllegalArgumentException | OpenLedgerException e) {
      throw unsigned("payment");
    }
  }

  private static PaymentRefusal unsigned(String what) {
    return refusal(
        Reason.INVALID_SIGNATURE,
        "a " + what + " that the payer did not sign",
        "signatures of the channel's payer, of an account without code",
        "sign with the payer's key, in the domain of the offer's contract");
  }

  private static PaymentRefusal refusal(
      Reason reason, String arrived, String allowed, String remedy) {
    return new PaymentRefusal(reason, arrived, allowed, remedy, Optional.empty());
  }
}
