/**
 * Being paid call by call with cumulative vouchers: admission, charging, settling.
 *
 * <p><b>What holds for a channel at any time</b>, whatever crashes: {@code charged + reserved ≤
 * accepted ≤ deposit}, where {@code charged} is what answers cost that were given, {@code reserved}
 * the price of calls under way, {@code accepted} the highest amount that the payer signed, and
 * {@code deposit} what was put in and counts. {@code charged} is the sum of the channel's lines in
 * the ledger, to the wei: both change in one transaction, under the lock of the channel's row. What
 * is settled on the chain is the highest signed amount not above {@code charged}; only of a channel
 * that closes the least amount not below it, if the payer has not signed it exactly, and shortly
 * before its window is over the least not below {@code charged + reserved}.
 *
 * <p>A price is reserved for a time, which the server that makes the answer renews. Where it could
 * not, the answer is charged all the same as long as what was signed leaves room beside what others
 * reserved since, and else is ended.
 *
 * <p><b>Limits.</b> See {@link io.openledger.rollup.payments.PaymentSettings}. Accounts with code
 * (ERC-1271) are not taken as payers: they can take back what they signed.
 *
 * <p>It must not know of HTTP: {@code io.openledger.runtime.rollup.Payments} is what REST sees.
 */
@NullMarked
package io.openledger.rollup.payments;

import org.jspecify.annotations.NullMarked;
