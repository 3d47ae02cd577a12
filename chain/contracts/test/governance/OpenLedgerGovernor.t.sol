// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {ConfiguredGovernor} from "../../src/governance/ConfiguredGovernor.sol";
import {OpenLedgerGovernor} from "../../src/governance/OpenLedgerGovernor.sol";
import {Governance} from "../support/Governance.sol";
import {Permits} from "../support/Permits.sol";

contract OpenLedgerGovernorTest is Governance, Permits {
    function setUp() external {
        _deployVotes();
        _install(new OpenLedgerGovernor(votes, timelock));
        _wrap(proposer, 10_000e18);
        _wrap(voter, 1_800e18);
        vm.warp(block.timestamp + 1);
    }

    function _signal(string memory description) private view returns (Proposal memory) {
        return _proposal(address(0), "", description);
    }

    function test_beginsAsThePublicGovernor() external view {
        vm.assertEq(governor.name(), "OpenLedgerGovernor");
        vm.assertEq(governor.votingDelay(), 1 days);
        vm.assertEq(governor.votingPeriod(), 1 weeks);
        vm.assertEq(governor.proposalThreshold(), 10_000e18);
        vm.assertEq(governor.quorumNumerator(), 5);
        vm.assertEq(governor.quorumDenominator(), 100);
        vm.assertEq(governor.quorumFloor(), 1_000e18);
        vm.assertEq(governor.lateQuorumVoteExtension(), 2 days);
        vm.assertEq(governor.timelock(), address(timelock));
        vm.assertEq(address(governor.token()), address(votes));
        vm.assertEq(governor.CLOCK_MODE(), "mode=timestamp");
        vm.assertEq(governor.clock(), block.timestamp);
    }

    function test_countsTheVotesOfTheTime() external view {
        vm.assertEq(governor.getVotes(proposer, block.timestamp - 1), 10_000e18);
        vm.assertEq(governor.getVotes(proposer, block.timestamp - 2), 0);
    }

    function test_goesFromAProposalToItsExecution() external {
        Proposal memory made =
            _proposal(address(governor), abi.encodeCall(GovernorSettings.setVotingDelay, (12 hours)), "Vote sooner");
        _propose(proposer, made);
        _assertState(made, IGovernor.ProposalState.Pending);
        vm.assertTrue(governor.proposalNeedsQueuing(made.id));
        _startVote(made);
        _assertState(made, IGovernor.ProposalState.Active);
        _vote(voter, made, FOR);
        _endVote(made);
        _assertState(made, IGovernor.ProposalState.Succeeded);
        _queue(made);
        _assertState(made, IGovernor.ProposalState.Queued);
        vm.warp(block.timestamp + TIMELOCK_DELAY - 1);
        vm.expectRevert();
        _execute(made);
        vm.warp(block.timestamp + 1);
        _execute(made);
        _assertState(made, IGovernor.ProposalState.Executed);
        vm.assertEq(governor.votingDelay(), 12 hours);
    }

    function test_carriesWordsWithoutACall() external {
        _pass(address(0), "", "Shall there be a rewards programme?");
    }

    function test_keepsAProposalSoThatItsIdIsEnough() external {
        Proposal memory made = _signal("By its id");
        _propose(proposer, made);
        (address[] memory targets,, bytes[] memory calldatas, bytes32 descriptionHash) =
            governor.proposalDetails(made.id);
        vm.assertEq(targets[0], address(0));
        vm.assertEq(calldatas[0], "");
        vm.assertEq(descriptionHash, keccak256("By its id"));
        _startVote(made);
        _vote(voter, made, FOR);
        _endVote(made);
        governor.queue(made.id);
        vm.warp(block.timestamp + TIMELOCK_DELAY);
        governor.execute(made.id);
        _assertState(made, IGovernor.ProposalState.Executed);
    }

    function test_refusesAProposerWithTooFewVotes() external {
        Proposal memory made = _signal("Too few");
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorInsufficientProposerVotes.selector, voter, 1_800e18, 10_000e18
            )
        );
        vm.prank(voter);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
    }

    function test_letsNobodyElseProposeWhatNamesItsProposer() external {
        address thief = _account("thief");
        _wrap(thief, 10_000e18);
        vm.warp(block.timestamp + 1);
        Proposal memory made = _signal(string.concat("Mine #proposer=", _hex(proposer)));
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorRestrictedProposer.selector, thief));
        vm.prank(thief);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
        _propose(proposer, made);
        vm.assertEq(governor.proposalProposer(made.id), proposer);
    }

    function test_belongsToTheFirstWhereNobodyIsNamed() external {
        address thief = _account("thief");
        _wrap(thief, 10_000e18);
        vm.warp(block.timestamp + 1);
        Proposal memory made = _signal("Anyone's");
        _propose(thief, made);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                made.id,
                IGovernor.ProposalState.Pending,
                bytes32(0)
            )
        );
        vm.prank(proposer);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
        // and so the thief can take it back
        vm.prank(thief);
        governor.cancel(made.id);
        _assertState(made, IGovernor.ProposalState.Canceled);
    }

    function test_letsOnlyTheProposerCancelAndOnlyBeforeTheVote() external {
        Proposal memory made = _signal("Cancelled");
        _propose(proposer, made);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, made.id, voter));
        vm.prank(voter);
        governor.cancel(made.targets, made.values, made.calldatas, keccak256(bytes(made.description)));
        vm.prank(proposer);
        governor.cancel(made.targets, made.values, made.calldatas, keccak256(bytes(made.description)));
        _assertState(made, IGovernor.ProposalState.Canceled);

        Proposal memory second = _signal("Too late to cancel");
        _propose(proposer, second);
        _startVote(second);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorUnableToCancel.selector, second.id, proposer));
        vm.prank(proposer);
        governor.cancel(second.targets, second.values, second.calldatas, keccak256(bytes(second.description)));
    }

    function test_countsEachVoterOnce() external {
        Proposal memory made = _signal("Once");
        _propose(proposer, made);
        _startVote(made);
        _vote(voter, made, AGAINST);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorAlreadyCastVote.selector, voter));
        vm.prank(voter);
        governor.castVote(made.id, FOR);
        _vote(proposer, made, ABSTAIN);
        (uint256 against, uint256 inFavour, uint256 abstain) = governor.proposalVotes(made.id);
        vm.assertEq(against, 1_800e18);
        vm.assertEq(inFavour, 0);
        vm.assertEq(abstain, 10_000e18);
        _endVote(made);
        _assertState(made, IGovernor.ProposalState.Defeated);
    }

    function test_takesASignedVoteOnce() external {
        uint256 key = 0xCA201;
        address signer = vm.addr(key);
        _wrap(signer, 2_000e18);
        vm.warp(block.timestamp + 1);
        Proposal memory made = _signal("By letter");
        _propose(proposer, made);
        _startVote(made);
        bytes32 structure = keccak256(
            abi.encode(
                keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)"),
                made.id,
                FOR,
                signer,
                0
            )
        );
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(key, _typed(_domain(address(governor), "OpenLedgerGovernor"), structure));
        governor.castVoteBySig(made.id, FOR, signer, abi.encodePacked(r, s, v));
        vm.assertTrue(governor.hasVoted(made.id, signer));
        (, uint256 inFavour,) = governor.proposalVotes(made.id);
        vm.assertEq(inFavour, 2_000e18);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, signer));
        governor.castVoteBySig(made.id, FOR, signer, abi.encodePacked(r, s, v));
    }

    function test_changesNoSettingWhenExecutedPastTheGovernor() external {
        Proposal memory made =
            _carry(address(governor), abi.encodeCall(ConfiguredGovernor.setQuorumFloor, (2_000e18)), "Raise the floor");
        bytes32 salt = bytes20(address(governor)) ^ keccak256("Raise the floor");
        vm.expectRevert();
        timelock.executeBatch(made.targets, made.values, made.calldatas, 0, salt);
        vm.assertEq(governor.quorumFloor(), 1_000e18);
        _execute(made);
        vm.assertEq(governor.quorumFloor(), 2_000e18);
    }

    function test_needsMoreVotesForThanAgainst() external {
        _wrap(_account("equal"), 10_000e18);
        vm.warp(block.timestamp + 1);
        Proposal memory made = _signal("A tie");
        _propose(proposer, made);
        _startVote(made);
        _vote(proposer, made, FOR);
        _vote(_account("equal"), made, AGAINST);
        _endVote(made);
        _assertState(made, IGovernor.ProposalState.Defeated);
    }

    function test_countsAbstentionsForTheQuorumAndVotesAgainstNot() external {
        address few = _account("few");
        address fewer = _account("fewer");
        _wrap(few, 900e18);
        _wrap(fewer, 800e18);
        vm.warp(block.timestamp + 1);
        Proposal memory abstained = _signal("Abstained");
        Proposal memory opposed = _signal("Opposed");
        _propose(proposer, abstained);
        _propose(proposer, opposed);
        _startVote(opposed);
        _vote(few, abstained, FOR);
        _vote(fewer, abstained, ABSTAIN);
        _vote(few, opposed, FOR);
        _vote(fewer, opposed, AGAINST);
        _endVote(opposed);
        _assertState(abstained, IGovernor.ProposalState.Succeeded);
        _assertState(opposed, IGovernor.ProposalState.Defeated);
    }

    function test_asksForThePercentageOrTheFloorWhicheverIsMore(uint256 any) external {
        uint256 more = _bound(any, 1, 1_000_000e18);
        _wrap(_account("more"), more);
        vm.warp(block.timestamp + 1);
        uint256 percentage = (11_800e18 + more) * 5 / 100;
        uint256 expected = percentage > 1_000e18 ? percentage : 1_000e18;
        vm.assertEq(governor.quorum(block.timestamp - 1), expected);
    }

    function test_refusesCoins() external {
        vm.deal(address(this), 1);
        (bool taken,) = address(governor).call{value: 1}("");
        vm.assertFalse(taken);
    }

    function test_letsNobodyChangeASettingWithoutAVote() external {
        bytes[6] memory calls = _changes();
        address[3] memory callers = [address(this), proposer, address(timelock)];
        for (uint256 i = 0; i < calls.length; ++i) {
            for (uint256 j = 0; j < callers.length; ++j) {
                vm.prank(callers[j]);
                (bool done,) = address(governor).call(calls[i]);
                vm.assertFalse(done);
            }
        }
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorOnlyExecutor.selector, proposer));
        vm.prank(proposer);
        governor.setQuorumFloor(1);
    }

    function test_changesEachSettingByAVote() external {
        bytes[6] memory calls = _changes();
        address[] memory targets = new address[](calls.length);
        uint256[] memory values = new uint256[](calls.length);
        bytes[] memory calldatas = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            targets[i] = address(governor);
            calldatas[i] = calls[i];
        }
        vm.prank(proposer);
        uint256 id = governor.propose(targets, values, calldatas, "All at once");
        vm.warp(governor.proposalSnapshot(id) + 1);
        vm.prank(voter);
        governor.castVote(id, FOR);
        vm.warp(governor.proposalDeadline(id) + 1);
        governor.queue(id);
        vm.warp(block.timestamp + TIMELOCK_DELAY);
        vm.expectEmit(address(governor));
        emit ConfiguredGovernor.QuorumFloorUpdated(1_000e18, 2e18);
        governor.execute(id);

        vm.assertEq(governor.votingDelay(), 2 hours);
        vm.assertEq(governor.votingPeriod(), 3 hours);
        vm.assertEq(governor.proposalThreshold(), 4e18);
        vm.assertEq(governor.quorumNumerator(), 6);
        vm.assertEq(governor.lateQuorumVoteExtension(), 1 hours);
        vm.assertEq(governor.quorumFloor(), 2e18);
        vm.assertEq(governor.quorumFloorAt(block.timestamp - 1), 1_000e18);
        vm.assertEq(governor.quorumFloorAt(block.timestamp), 2e18);
    }

    function _changes() private pure returns (bytes[6] memory) {
        return [
            abi.encodeCall(GovernorSettings.setVotingDelay, (2 hours)),
            abi.encodeCall(GovernorSettings.setVotingPeriod, (3 hours)),
            abi.encodeCall(GovernorSettings.setProposalThreshold, (4e18)),
            abi.encodeWithSignature("updateQuorumNumerator(uint256)", 6),
            abi.encodeCall(GovernorPreventLateQuorum.setLateQuorumVoteExtension, (1 hours)),
            abi.encodeCall(ConfiguredGovernor.setQuorumFloor, (2e18))
        ];
    }

    function test_refusesSettingsOutOfTheirBoundsEvenByAVote() external {
        _refuses("setVotingDelay(uint48)", 30 days + 1, "votingDelay", 0, 30 days);
        _refuses("setVotingPeriod(uint32)", 1 hours - 1, "votingPeriod", 1 hours, 30 days);
        _refuses("setVotingPeriod(uint32)", 30 days + 1, "votingPeriod", 1 hours, 30 days);
        _refuses("setProposalThreshold(uint256)", 1_000_000e18 + 1, "proposalThreshold", 0, 1_000_000e18);
        _refuses("updateQuorumNumerator(uint256)", 0, "quorumPercent", 1, 50);
        _refuses("updateQuorumNumerator(uint256)", 51, "quorumPercent", 1, 50);
        _refuses("setQuorumFloor(uint256)", 0, "quorumFloor", 1, 10_000_000e18);
        _refuses("setQuorumFloor(uint256)", 10_000_000e18 + 1, "quorumFloor", 1, 10_000_000e18);
    }

    function test_extendsAVoteByItsPeriodAtMost() external {
        Proposal memory made = _carry(
            address(governor),
            abi.encodeCall(GovernorPreventLateQuorum.setLateQuorumVoteExtension, (1 weeks + 1)),
            "Too long"
        );
        vm.expectRevert(
            abi.encodeWithSelector(
                GovernorPreventLateQuorum.GovernorPreventLateQuorumVoteExtensionTooLarge.selector,
                1 weeks + 1,
                1 weeks
            )
        );
        _execute(made);
    }

    function _refuses(string memory signature, uint256 value, bytes32 setting, uint256 minimum, uint256 maximum)
        private
    {
        Proposal memory made = _carry(address(governor), abi.encodeWithSignature(signature, value), "Too far");
        vm.expectRevert(
            abi.encodeWithSelector(
                ConfiguredGovernor.SettingOutOfBounds.selector, setting, value, minimum, maximum
            )
        );
        _execute(made);
    }

    function test_keepsDefeatedWhatALowerQuorumWouldHaveCarried() external {
        // 625 of 12 500 are the percentage; the floor of 1 000 defeats 700
        address few = _account("few");
        _wrap(few, 700e18);
        vm.warp(block.timestamp + 1);
        Proposal memory old = _signal("Too few for it");
        _propose(proposer, old);
        _startVote(old);
        _vote(few, old, FOR);
        _endVote(old);
        _assertState(old, IGovernor.ProposalState.Defeated);

        _pass(address(governor), abi.encodeCall(ConfiguredGovernor.setQuorumFloor, (1)), "Lower the floor");
        _pass(address(governor), abi.encodeWithSignature("updateQuorumNumerator(uint256)", 1), "Lower the percentage");
        vm.assertEq(governor.quorumFloor(), 1);
        _assertState(old, IGovernor.ProposalState.Defeated);
        vm.expectRevert();
        _queue(old);

        // the same votes carry what is voted on from now on
        Proposal memory fresh = _signal("Enough for it");
        _propose(proposer, fresh);
        _startVote(fresh);
        _vote(few, fresh, FOR);
        _endVote(fresh);
        _assertState(fresh, IGovernor.ProposalState.Succeeded);
    }

    function test_keepsSucceededWhatAHigherQuorumWouldHaveDefeated() external {
        Proposal memory old = _signal("Enough for it");
        _propose(proposer, old);
        _startVote(old);
        _vote(voter, old, FOR);
        _endVote(old);
        _pass(address(governor), abi.encodeCall(ConfiguredGovernor.setQuorumFloor, (5_000e18)), "Raise the floor");
        _assertState(old, IGovernor.ProposalState.Succeeded);
    }

    function test_extendsTheVoteWhenTheQuorumIsReachedLate() external {
        Proposal memory made = _signal("At the last second");
        _propose(proposer, made);
        uint256 deadline = governor.proposalDeadline(made.id);
        vm.warp(deadline);
        vm.expectEmit(address(governor));
        emit GovernorPreventLateQuorum.ProposalExtended(made.id, uint64(deadline + 2 days));
        _vote(voter, made, FOR);
        vm.assertEq(governor.proposalDeadline(made.id), deadline + 2 days);
        vm.warp(deadline + 2 days);
        _assertState(made, IGovernor.ProposalState.Active);
        // time to answer
        _vote(proposer, made, AGAINST);
        _endVote(made);
        _assertState(made, IGovernor.ProposalState.Defeated);
    }

    function test_leavesTheDeadlineWhenTheQuorumIsReachedEarly() external {
        Proposal memory made = _signal("Early");
        _propose(proposer, made);
        uint256 deadline = governor.proposalDeadline(made.id);
        _startVote(made);
        _vote(voter, made, FOR);
        vm.assertEq(governor.proposalDeadline(made.id), deadline);
    }

    function _hex(address account) private pure returns (string memory) {
        bytes memory digits = "0123456789abcdef";
        bytes memory text = new bytes(42);
        text[0] = "0";
        text[1] = "x";
        for (uint256 i = 0; i < 40; ++i) {
            text[i + 2] = digits[(uint256(uint160(account)) >> (156 - 4 * i)) & 15];
        }
        return string(text);
    }
}
