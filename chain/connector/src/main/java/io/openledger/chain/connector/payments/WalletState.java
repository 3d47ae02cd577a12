package io.openledger.chain.connector.payments;

import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.util.Optional;

/**
 * What a wallet must not forget.
 *
 * @param issued the highest amount that was signed, or is about to be
 * @param charged what the payee has charged, as far as it told
 * @param deposit what the channel holds, as far as the wallet looked
 * @param day of {@code signed}, in days since 1970
 * @param signed by how much {@code issued} rose on that day
 * @param sending the transaction that is on its way, if one is
 */
record WalletState(
    Wei issued,
    Wei charged,
    Wei deposit,
    long day,
    Wei signed,
    Optional<SignedTransaction> sending) {

  static final WalletState NEW =
      new WalletState(Wei.ZERO, Wei.ZERO, Wei.ZERO, 0, Wei.ZERO, Optional.empty());

  WalletState withIssued(Wei amount) {
    return new WalletState(amount, charged, deposit, day, signed, sending);
  }

  WalletState withCharged(Wei amount) {
    return new WalletState(issued, amount, deposit, day, signed, sending);
  }

  WalletState withDeposit(Wei amount) {
    return new WalletState(issued, charged, amount, day, signed, sending);
  }

  /** A clock that was set back leaves the day as it is. */
  WalletState withSigned(long onDay, Wei amount) {
    return new WalletState(issued, charged, deposit, Math.max(day, onDay), amount, sending);
  }

  WalletState withSending(Optional<SignedTransaction> transaction) {
    return new WalletState(issued, charged, deposit, day, signed, transaction);
  }
}
