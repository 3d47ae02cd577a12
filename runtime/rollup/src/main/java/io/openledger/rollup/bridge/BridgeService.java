package io.openledger.rollup.bridge;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.bridge.Bridge;
import io.openledger.chain.connector.bridge.DepositStatus;
import io.openledger.chain.connector.bridge.WithdrawalStatus;
import io.openledger.runtime.rollup.BridgeView;
import java.util.Optional;

/** Asks the bridge on behalf of those who do not see the chain. */
public final class BridgeService implements BridgeView {

  private final Bridge bridge;

  /**
   * @param bridge attached to both chains
   */
  public BridgeService(Bridge bridge) {
    this.bridge = bridge;
  }

  @Override
  public Standing deposit(Hash256 transaction) {
    DepositStatus status = bridge.deposits().status(transaction);
    return new Standing(
        status.stage().name(), status.rollupTransaction(), Optional.empty(), status.explanation());
  }

  @Override
  public Standing withdrawal(Hash256 transaction, int index) {
    WithdrawalStatus status = bridge.withdrawals().status(transaction, index, Optional.empty());
    return new Standing(
        status.stage().name(), status.withdrawal(), status.finalizable(), status.explanation());
  }
}
