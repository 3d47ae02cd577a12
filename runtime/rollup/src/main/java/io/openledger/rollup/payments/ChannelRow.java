package io.openledger.rollup.payments;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.payments.Channel;
import io.openledger.chain.connector.payments.ChannelDomain;
import io.openledger.chain.connector.payments.Voucher;
import io.openledger.chain.connector.tx.Signature;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A channel as the store has it; see {@code V9__payments.sql}.
 *
 * @param id its name
 * @param channel who pays whom
 * @param domain where its vouchers hold
 * @param view what was last seen of it on the chain
 * @param charged for answers
 * @param accepted the highest amount that the payer signed
 * @param acceptedBy the signature
 * @param exact the highest signed amount not above {@code charged}
 * @param exactBy the signature
 * @param submitted handed to the outbox last, or settled when the channel became known
 * @param attempts how many messages failed since that much was settled
 * @param unsettledSince when the oldest charge was made that is not settled
 */
record ChannelRow(
    Hash256 id,
    Channel channel,
    ChannelDomain domain,
    ChannelView view,
    Wei charged,
    Wei accepted,
    Optional<String> acceptedBy,
    Wei exact,
    Optional<String> exactBy,
    Wei submitted,
    int attempts,
    Optional<Instant> unsettledSince) {

  /** What a voucher may be up to: the deposit that counts. */
  Wei usable(Wei early) {
    return view.usable(early);
  }

  /** What was charged and is not settled. */
  Wei open() {
    return charged.compareTo(view.settled()) <= 0 ? Wei.ZERO : charged.minus(view.settled());
  }

  /** A signed amount of this channel. */
  Voucher.Signed voucher(Wei cumulative, String signature) {
    return new Voucher.Signed(
        new Voucher(id, cumulative), Signature.parse(HexFormat.of().parseHex(signature)));
  }
}
