package io.openledger.chain.connector.bridge;

import io.openledger.api.reward.ChainAddress;
import java.util.Optional;

/**
 * The bridge's contracts on L1. Those on the rollup are at the same addresses everywhere (OP Stack
 * specification, "Predeploys").
 *
 * @param portal OptimismPortal's proxy
 * @param standardBridge L1StandardBridge's proxy; without it no ERC-20 tokens are bridged
 * @param gasToken the L1 token that is the rollup's native coin, if it is known: the portal must
 *     say the same, or every deposit of the native coin is refused
 */
public record BridgeAddresses(
    ChainAddress portal, Optional<ChainAddress> standardBridge, Optional<ChainAddress> gasToken) {

  /** Where withdrawals are recorded (L2ToL1MessagePasser). */
  static final ChainAddress MESSAGE_PASSER =
      new ChainAddress("0x4200000000000000000000000000000000000016");

  /** Where ERC-20 tokens are withdrawn (L2StandardBridge). */
  static final ChainAddress ROLLUP_BRIDGE =
      new ChainAddress("0x4200000000000000000000000000000000000010");

  /** What relays messages of the standard bridge (L2CrossDomainMessenger). */
  static final ChainAddress ROLLUP_MESSENGER =
      new ChainAddress("0x4200000000000000000000000000000000000007");

  /** What the rollup knows of L1 (L1Block). */
  static final ChainAddress L1_BLOCK =
      new ChainAddress("0x4200000000000000000000000000000000000015");
}
