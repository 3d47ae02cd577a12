/**
 * Payments between agents by cumulative vouchers: what a payer signs, the wallet that signs it, and
 * a client that pays for calls over HTTP.
 *
 * <p>A channel of the contract {@code PaymentChannel} holds an amount for one payee. A voucher says
 * how much of it was used so far, so the highest one is the only one that counts, and a thousand
 * calls are settled by one transaction. Beside the voucher, the payer signs for which request it is
 * ({@link io.openledger.chain.connector.payments.PaidCall}): who reads a voucher under way can pay
 * for nothing else with it.
 *
 * <p>The wallet's file is described at {@link io.openledger.chain.connector.payments.WalletFile}.
 * The header fields are those of x402 version 2, with a scheme of our own; {@code docs/payments.md}
 * has them.
 *
 * <p>Plain Java: no server, no database. Tests: {@code mvn -pl chain/connector -am test}.
 */
@NullMarked
package io.openledger.chain.connector.payments;

import org.jspecify.annotations.NullMarked;
