// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {ConfiguredGovernor} from "./ConfiguredGovernor.sol";

/// @title The governor with the settings of the public one
/// @notice Voting begins 1 day after a proposal and takes 1 week; a proposer needs 10 000 GOPEN; the quorum is 5 % of the
///   supply and not below 1 000 GOPEN; a quorum that is reached late extends the voting to 2 days from then. A deployment
///   with other settings deploys `ConfiguredGovernor`; both can change them by proposals.
/// @dev The floor is low on purpose: the supply begins at zero, and governance that cannot reach its floor cannot lower
///   it. The first proposals should raise it with what is wrapped.
contract OpenLedgerGovernor is ConfiguredGovernor {
    constructor(IVotes token, TimelockController timelock_)
        ConfiguredGovernor(
            token,
            timelock_,
            Configuration({
                votingDelay: 1 days,
                votingPeriod: 1 weeks,
                proposalThreshold: 10_000e18,
                quorumPercent: 5,
                quorumFloor: 1_000e18,
                lateQuorumExtension: 2 days
            })
        )
    {}
}
