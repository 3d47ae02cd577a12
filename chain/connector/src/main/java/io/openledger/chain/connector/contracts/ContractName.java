package io.openledger.chain.connector.contracts;

import io.openledger.api.OpenLedgerException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The contracts that can be deployed, by the names that their sources have. */
public enum ContractName {
  /** OPEN on L1. */
  OPEN_TOKEN("OpenToken"),
  /** The native coin as an ERC-20. */
  WOPEN("WOPEN"),
  /** The native coin with votes. */
  GOPEN("GOPEN"),
  /** Executes what was decided, after a delay; owns what is governed. */
  TIMELOCK_CONTROLLER("TimelockController"),
  /** Proposals and votes with the settings of the public governor. */
  OPEN_LEDGER_GOVERNOR("OpenLedgerGovernor"),
  /** The same with other settings; the interface is the same. */
  CONFIGURED_GOVERNOR("ConfiguredGovernor"),
  /** The parameters that governance decides. */
  PARAMETER_STORE("ParameterStore"),
  /** Datanets' roots and licences. */
  DATANET_REGISTRY("DatanetRegistry"),
  /** Models' roots and licences. */
  MODEL_REGISTRY("ModelRegistry"),
  /** Receipts' roots. */
  ATTRIBUTION_ANCHOR("AttributionAnchor"),
  /** Stakes for a fixed time at a fixed rate. */
  STAKING("Staking"),
  /** Pays rewards against cumulative roots. */
  REWARD_DISTRIBUTOR("RewardDistributor"),
  /** Payments between agents. */
  PAYMENT_CHANNEL("PaymentChannel"),
  /** Fixed amounts to take or to stake. */
  CLAIM_OR_STAKE_AIRDROP("ClaimOrStakeAirdrop");

  private final String contract;

  ContractName(String contract) {
    this.contract = contract;
  }

  /** The name in Solidity, which files and messages use. */
  public String contract() {
    return contract;
  }

  /**
   * The contract of a name in Solidity.
   *
   * @throws OpenLedgerException {@code INVALID_ARGUMENT} if there is none
   */
  public static ContractName of(String contract) {
    for (ContractName name : values()) {
      if (name.contract.equals(contract)) {
        return name;
      }
    }
    throw OpenLedgerException.invalidText(
        "contract",
        contract,
        Arrays.stream(values()).map(ContractName::contract).collect(Collectors.joining(", ")));
  }

  /** The name in Solidity. */
  @Override
  public String toString() {
    return contract;
  }
}
