package io.openledger.chain.connector.payments;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.Wei;
import java.time.Instant;
import java.util.Optional;

/**
 * A channel as the contract has it.
 *
 * @param deposit put in ever
 * @param settled paid to the payee ever, at most the deposit
 * @param closesAt from when the rest can go back; empty as long as nobody closes it
 * @param finished whether the rest has gone back
 */
public record ChannelState(Wei deposit, Wei settled, Optional<Instant> closesAt, boolean finished) {

  /** Of a channel that does not exist. */
  public static final ChannelState NONE =
      new ChannelState(Wei.ZERO, Wei.ZERO, Optional.empty(), false);

  public ChannelState {
    if (settled.compareTo(deposit) > 0) {
      throw OpenLedgerException.invalid(
          "settled amount", settled, "at most the deposit " + deposit);
    }
  }

  /** Whether anything was ever put in. */
  public boolean exists() {
    return !deposit.isZero();
  }

  /** Whether it takes deposits and new vouchers. */
  public boolean open() {
    return exists() && closesAt.isEmpty() && !finished;
  }
}
