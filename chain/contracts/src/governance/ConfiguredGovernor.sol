// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorStorage} from "@openzeppelin/contracts/governance/extensions/GovernorStorage.sol";
import {GovernorTimelockControl} from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {GovernorVotesQuorumFraction} from
    "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";

/// @title Proposals, votes and their execution through a timelock
/// @notice Whoever has votes of at least the threshold proposes calls; holders vote for, against or abstain; what
///   succeeded is queued in the timelock and executed after its delay, by the timelock, which therefore owns what is
///   governed. Nobody can stop a proposal but its proposer, and only before the vote begins.
///
///   A proposal succeeds with more votes for than against, and a quorum of votes for and abstentions. The quorum is a
///   percentage of the votes' total supply or an absolute floor, whichever is more: while little is wrapped, a
///   percentage of it would let a handful of votes decide. A vote that reaches the quorum late extends the voting, so
///   that others can answer it.
///
///   Every setting has bounds, so that no vote can make later votes impossible. A changed quorum does not touch
///   proposals whose voting had begun: what was defeated stays defeated.
///
///   A description that ends with `#proposer=0x…` can be proposed by that address alone. Without it, whoever sees a
///   proposal before it is in a block can propose it first, and cancel it.
/// @dev Times are in seconds if the votes' clock is (GOPEN's is), otherwise in units of that clock. Cost of the
///   contract: see the sizes that the build prints; the limit is 24 576 bytes.
contract ConfiguredGovernor is
    Governor,
    GovernorSettings,
    GovernorCountingSimple,
    GovernorStorage,
    GovernorVotes,
    GovernorVotesQuorumFraction,
    GovernorPreventLateQuorum,
    GovernorTimelockControl
{
    using Checkpoints for Checkpoints.Trace208;

    /// @notice How it begins. Each can be changed by a proposal, within the same bounds.
    /// @param votingDelay from the proposal to the beginning of the vote: 0 to 30 days
    /// @param votingPeriod how long is voted: 1 hour to 30 days
    /// @param proposalThreshold votes that a proposer needs, in wei: 0 to 1 000 000e18
    /// @param quorumPercent of the votes' total supply: 1 to 50
    /// @param quorumFloor votes that a quorum needs however little is wrapped, in wei: 1 to 10 000 000e18
    /// @param lateQuorumExtension for how long at least is voted after the quorum is reached: 0 to the voting period
    ///   (`GovernorPreventLateQuorumVoteExtensionTooLarge`)
    struct Configuration {
        uint48 votingDelay;
        uint32 votingPeriod;
        uint256 proposalThreshold;
        uint256 quorumPercent;
        uint256 quorumFloor;
        uint48 lateQuorumExtension;
    }

    uint256 private constant _MAX_TIME = 30 days;
    uint256 private constant _MIN_VOTING_PERIOD = 1 hours;
    uint256 private constant _MAX_PROPOSAL_THRESHOLD = 1_000_000e18;
    uint256 private constant _MAX_QUORUM_PERCENT = 50;
    uint256 private constant _MAX_QUORUM_FLOOR = 10_000_000e18;

    Checkpoints.Trace208 private _quorumFloors;

    /// @notice The floor of the quorum changed, for proposals whose voting begins from now on.
    event QuorumFloorUpdated(uint256 oldQuorumFloor, uint256 newQuorumFloor);

    /// @notice A setting is out of its bounds.
    error SettingOutOfBounds(bytes32 setting, uint256 value, uint256 minimum, uint256 maximum);

    /// @param token where votes are counted
    /// @param timelock_ executes; grant this contract its PROPOSER_ROLE
    /// @param configuration within the bounds (`SettingOutOfBounds` and as said there)
    constructor(IVotes token, TimelockController timelock_, Configuration memory configuration)
        Governor("OpenLedgerGovernor")
        GovernorSettings(configuration.votingDelay, configuration.votingPeriod, configuration.proposalThreshold)
        GovernorVotes(token)
        GovernorVotesQuorumFraction(configuration.quorumPercent)
        GovernorPreventLateQuorum(configuration.lateQuorumExtension)
        GovernorTimelockControl(timelock_)
    {
        _setQuorumFloor(configuration.quorumFloor);
    }

    /// @notice Votes that a quorum needs at least, whatever the supply, for a proposal made now; in wei.
    function quorumFloor() public view returns (uint256) {
        return _quorumFloors.latest();
    }

    /// @notice The floor at a time.
    /// @param timepoint of the votes' clock
    function quorumFloorAt(uint256 timepoint) public view returns (uint256) {
        return _quorumFloors.upperLookupRecent(SafeCast.toUint48(timepoint));
    }

    /// @notice Changes the floor. Only by a proposal (`GovernorOnlyExecutor`).
    /// @param newQuorumFloor in wei, 1 to 10 000 000e18 (`SettingOutOfBounds`)
    function setQuorumFloor(uint256 newQuorumFloor) external onlyGovernance {
        _setQuorumFloor(newQuorumFloor);
    }

    /// @notice Votes for and abstentions that a proposal needs whose voting begins at a time; in wei.
    /// @param timepoint in the past (`ERC5805FutureLookup`)
    function quorum(uint256 timepoint)
        public
        view
        override(Governor, GovernorVotesQuorumFraction)
        returns (uint256)
    {
        return Math.max(super.quorum(timepoint), quorumFloorAt(timepoint));
    }

    function _setQuorumFloor(uint256 newQuorumFloor) private {
        _requireBounds("quorumFloor", newQuorumFloor, 1, _MAX_QUORUM_FLOOR);
        // by time, as the percentage is: a lookup at a proposal's snapshot finds what held then
        (uint208 old,) = _quorumFloors.push(clock(), SafeCast.toUint208(newQuorumFloor));
        emit QuorumFloorUpdated(old, newQuorumFloor);
    }

    function _setVotingDelay(uint48 newVotingDelay) internal override {
        _requireBounds("votingDelay", newVotingDelay, 0, _MAX_TIME);
        super._setVotingDelay(newVotingDelay);
    }

    function _setVotingPeriod(uint32 newVotingPeriod) internal override {
        _requireBounds("votingPeriod", newVotingPeriod, _MIN_VOTING_PERIOD, _MAX_TIME);
        super._setVotingPeriod(newVotingPeriod);
    }

    function _setProposalThreshold(uint256 newProposalThreshold) internal override {
        _requireBounds("proposalThreshold", newProposalThreshold, 0, _MAX_PROPOSAL_THRESHOLD);
        super._setProposalThreshold(newProposalThreshold);
    }

    function _updateQuorumNumerator(uint256 newQuorumNumerator) internal override {
        _requireBounds("quorumPercent", newQuorumNumerator, 1, _MAX_QUORUM_PERCENT);
        super._updateQuorumNumerator(newQuorumNumerator);
    }

    function _requireBounds(bytes32 setting, uint256 value, uint256 minimum, uint256 maximum) private pure {
        if (value < minimum || value > maximum) {
            revert SettingOutOfBounds(setting, value, minimum, maximum);
        }
    }

    // What more than one of the parts has: the last of them decides, and asks the ones before.

    function state(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (ProposalState)
    {
        return super.state(proposalId);
    }

    function proposalNeedsQueuing(uint256 proposalId)
        public
        view
        override(Governor, GovernorTimelockControl)
        returns (bool)
    {
        return super.proposalNeedsQueuing(proposalId);
    }

    function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }

    function proposalDeadline(uint256 proposalId)
        public
        view
        override(Governor, GovernorPreventLateQuorum)
        returns (uint256)
    {
        return super.proposalDeadline(proposalId);
    }

    function _propose(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        string memory description,
        address proposer
    ) internal override(Governor, GovernorStorage) returns (uint256) {
        return super._propose(targets, values, calldatas, description, proposer);
    }

    function _tallyUpdated(uint256 proposalId) internal override(Governor, GovernorPreventLateQuorum) {
        super._tallyUpdated(proposalId);
    }

    function _queueOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
        return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _executeOperations(
        uint256 proposalId,
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) {
        super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
    }

    function _cancel(
        address[] memory targets,
        uint256[] memory values,
        bytes[] memory calldatas,
        bytes32 descriptionHash
    ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
        return super._cancel(targets, values, calldatas, descriptionHash);
    }

    function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
        return super._executor();
    }
}
