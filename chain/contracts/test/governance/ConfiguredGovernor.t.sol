// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {GovernorPreventLateQuorum} from "@openzeppelin/contracts/governance/extensions/GovernorPreventLateQuorum.sol";
import {ConfiguredGovernor} from "../../src/governance/ConfiguredGovernor.sol";
import {Governance} from "../support/Governance.sol";

contract ConfiguredGovernorTest is Governance {
    function setUp() external {
        _deployVotes();
    }

    function _usual() private pure returns (ConfiguredGovernor.Configuration memory) {
        return ConfiguredGovernor.Configuration({
            votingDelay: 1 days,
            votingPeriod: 2 weeks,
            proposalThreshold: 100e18,
            quorumPercent: 25,
            quorumFloor: 50e18,
            lateQuorumExtension: 1 days
        });
    }

    function test_beginsAsConfigured() external {
        ConfiguredGovernor made = new ConfiguredGovernor(votes, timelock, _usual());
        vm.assertEq(made.votingDelay(), 1 days);
        vm.assertEq(made.votingPeriod(), 2 weeks);
        vm.assertEq(made.proposalThreshold(), 100e18);
        vm.assertEq(made.quorumNumerator(), 25);
        vm.assertEq(made.quorumFloor(), 50e18);
        vm.assertEq(made.lateQuorumVoteExtension(), 1 days);
    }

    function test_takesTheEndsOfAllRanges() external {
        new ConfiguredGovernor(
            votes,
            timelock,
            ConfiguredGovernor.Configuration({
                votingDelay: 0,
                votingPeriod: 1 hours,
                proposalThreshold: 0,
                quorumPercent: 1,
                quorumFloor: 1,
                lateQuorumExtension: 0
            })
        );
        new ConfiguredGovernor(
            votes,
            timelock,
            ConfiguredGovernor.Configuration({
                votingDelay: 30 days,
                votingPeriod: 30 days,
                proposalThreshold: 1_000_000e18,
                quorumPercent: 50,
                quorumFloor: 10_000_000e18,
                lateQuorumExtension: 30 days
            })
        );
    }

    function test_refusesWhatIsOutOfRange() external {
        ConfiguredGovernor.Configuration memory wrong = _usual();
        wrong.votingDelay = 30 days + 1;
        _refuses(wrong, "votingDelay", 30 days + 1, 0, 30 days);
        wrong = _usual();
        wrong.votingPeriod = 1 hours - 1;
        _refuses(wrong, "votingPeriod", 1 hours - 1, 1 hours, 30 days);
        wrong.votingPeriod = 30 days + 1;
        _refuses(wrong, "votingPeriod", 30 days + 1, 1 hours, 30 days);
        wrong = _usual();
        wrong.proposalThreshold = 1_000_000e18 + 1;
        _refuses(wrong, "proposalThreshold", 1_000_000e18 + 1, 0, 1_000_000e18);
        wrong = _usual();
        wrong.quorumPercent = 0;
        _refuses(wrong, "quorumPercent", 0, 1, 50);
        wrong.quorumPercent = 51;
        _refuses(wrong, "quorumPercent", 51, 1, 50);
        wrong = _usual();
        wrong.quorumFloor = 0;
        _refuses(wrong, "quorumFloor", 0, 1, 10_000_000e18);
        wrong.quorumFloor = 10_000_000e18 + 1;
        _refuses(wrong, "quorumFloor", 10_000_000e18 + 1, 1, 10_000_000e18);
        wrong = _usual();
        wrong.lateQuorumExtension = 2 weeks + 1;
        vm.expectRevert(
            abi.encodeWithSelector(
                GovernorPreventLateQuorum.GovernorPreventLateQuorumVoteExtensionTooLarge.selector,
                2 weeks + 1,
                2 weeks
            )
        );
        new ConfiguredGovernor(votes, timelock, wrong);
    }

    function _refuses(
        ConfiguredGovernor.Configuration memory wrong,
        bytes32 setting,
        uint256 value,
        uint256 minimum,
        uint256 maximum
    ) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ConfiguredGovernor.SettingOutOfBounds.selector, setting, value, minimum, maximum
            )
        );
        new ConfiguredGovernor(votes, timelock, wrong);
    }

    function test_letsNoHandfulDecideWhileLittleIsWrapped() external {
        ConfiguredGovernor.Configuration memory open = _usual();
        open.proposalThreshold = 0;
        _install(new ConfiguredGovernor(votes, timelock, open));
        // all that is wrapped, and every vote for it
        _wrap(proposer, 50e18 - 1);
        vm.warp(block.timestamp + 1);
        Proposal memory made = _proposal(address(0), "", "Unanimous");
        _propose(proposer, made);
        _startVote(made);
        _vote(proposer, made, FOR);
        _endVote(made);
        _assertState(made, IGovernor.ProposalState.Defeated);

        _wrap(proposer, 1);
        vm.warp(block.timestamp + 1);
        Proposal memory enough = _proposal(address(0), "", "With the floor");
        _propose(proposer, enough);
        _startVote(enough);
        _vote(proposer, enough, FOR);
        _endVote(enough);
        _assertState(enough, IGovernor.ProposalState.Succeeded);
    }
}
