package io.openledger.chain.connector.bridge;

import io.openledger.api.reward.ChainAddress;

/** What the rollup's native coin is on L1, and so how it gets there. */
public sealed interface GasToken {

  /** L1's own coin: {@code OptimismPortal.depositTransaction} with a value. */
  record Ether() implements GasToken {}

  /**
   * An ERC-20 token that the portal keeps: approved, then {@code depositERC20Transaction}. Custom
   * gas tokens until 2025 are such; later portals have lost that function.
   *
   * @param token on L1, of 18 decimals
   */
  record PortalToken(ChainAddress token) implements GasToken {}

  /**
   * Minted on the rollup by whom its LiquidityController lets (custom gas token of the Jovian
   * upgrade): the portal refuses value both ways, and which bridge there is, is each chain's own
   * affair.
   */
  record Minted() implements GasToken {}

  /**
   * Not known.
   *
   * @param why in plain words
   */
  record Unknown(String why) implements GasToken {}
}
