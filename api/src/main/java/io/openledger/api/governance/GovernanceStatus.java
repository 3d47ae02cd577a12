package io.openledger.api.governance;

import io.openledger.api.Hash256;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What holds, how it is changed, and what the server's key can do about it.
 *
 * @param asOf when it was read
 * @param rules how proposals are decided
 * @param feeSplit that holds
 * @param pendingSplit one that was decided and holds from {@code splitFrom} on
 * @param splitFrom when the last change of the split takes or took effect
 * @param policyVersion of the attribution policy that holds
 * @param policyHash of it
 * @param parameters the numbers, in the contract's order
 * @param power of the server's key
 * @param proposals how many there have ever been
 */
public record GovernanceStatus(
    ChainMoment asOf,
    Rules rules,
    FeeSplit feeSplit,
    Optional<FeeSplit> pendingSplit,
    Instant splitFrom,
    long policyVersion,
    Hash256 policyHash,
    List<GovernedParameter> parameters,
    VotingPower power,
    long proposals) {

  public GovernanceStatus {
    parameters = List.copyOf(parameters);
  }

  /**
   * How proposals are decided now; a proposal may change each of these.
   *
   * @param votingDelay from a proposal to the beginning of its vote
   * @param votingPeriod how long is voted
   * @param lateQuorumExtension for how long at least is voted after a quorum is reached
   * @param timelockDelay from queueing to execution
   * @param changeDelay from execution to effect
   * @param cooldown from effect to when the next change of the same can be executed
   * @param proposalThreshold votes that a proposer needs, in wei
   * @param quorum votes for and abstentions that a proposal needs whose vote began now, in wei
   * @param quorumFloor what the quorum never falls below, in wei
   * @param supply GOPEN that there are, in wei; the quorum is a percentage of it or the floor
   */
  public record Rules(
      Duration votingDelay,
      Duration votingPeriod,
      Duration lateQuorumExtension,
      Duration timelockDelay,
      Duration changeDelay,
      Duration cooldown,
      Wei proposalThreshold,
      Wei quorum,
      Wei quorumFloor,
      Wei supply) {}
}
