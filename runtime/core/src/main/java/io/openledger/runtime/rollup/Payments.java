package io.openledger.runtime.rollup;

import io.openledger.api.reward.Wei;

/**
 * Payments call by call, with cumulative vouchers of a payment channel. Safe for any thread and any
 * number of nodes.
 *
 * <p>A call is admitted by a voucher that leaves room for its price, beside what was charged and
 * what other calls under way may cost. The price is held back, and what the answers cost is charged
 * in the transaction that records them; what is left is room for the next call. Nothing is charged
 * for a call that gives no answer.
 */
public interface Payments {

  /** Whether somebody without credentials may pay. */
  boolean anonymous();

  /**
   * What a request costs at most, and how it is paid. Nothing is kept of it: its text is
   * authenticated, and names the request, an end and a nonce.
   */
  PaymentOffer offer(PaidRequest request, Wei price);

  /**
   * Admits a call, or gives what was answered to it before.
   *
   * @param price the most that it can cost now
   * @throws PaymentRefusal if the payment does not pay this request
   * @throws io.openledger.api.BusyException if the same payment is being answered, or too many ask
   *     for unknown channels
   */
  Admission admit(Payment payment, PaidRequest request, Wei price);
}
