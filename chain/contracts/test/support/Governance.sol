// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {ConfiguredGovernor} from "../../src/governance/ConfiguredGovernor.sol";
import {GOPEN} from "../../src/token/GOPEN.sol";
import {Test} from "./Test.sol";

/// @title A governor that governs: votes, timelock, roles, and the way from a proposal to its execution
abstract contract Governance is Test {
    uint256 internal constant TIMELOCK_DELAY = 1 days;
    uint256 internal constant START = 1_800_000_000;
    uint8 internal constant AGAINST = 0;
    uint8 internal constant FOR = 1;
    uint8 internal constant ABSTAIN = 2;

    GOPEN internal votes;
    TimelockController internal timelock;
    ConfiguredGovernor internal governor;

    address internal proposer;
    address internal voter;

    /// @dev One call and its description.
    struct Proposal {
        uint256 id;
        address[] targets;
        uint256[] values;
        bytes[] calldatas;
        string description;
    }

    function _deployVotes() internal {
        vm.warp(START);
        proposer = _account("proposer");
        voter = _account("voter");
        votes = new GOPEN();
        timelock = new TimelockController(TIMELOCK_DELAY, new address[](0), new address[](0), address(this));
    }

    /// @dev The roles as a deployment grants them: the governor proposes and cancels, anyone executes, nobody administers.
    function _install(ConfiguredGovernor installed) internal {
        governor = installed;
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(installed));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(installed));
        timelock.grantRole(timelock.EXECUTOR_ROLE(), address(0));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), address(this));
    }

    /// @dev Votes of an account's own, which hold from the next second.
    function _wrap(address account, uint256 amount) internal {
        vm.deal(account, account.balance + amount);
        vm.startPrank(account);
        votes.deposit{value: amount}();
        votes.delegate(account);
        vm.stopPrank();
    }

    function _proposal(address target, bytes memory data, string memory description)
        internal
        view
        returns (Proposal memory made)
    {
        made.targets = new address[](1);
        made.targets[0] = target;
        made.values = new uint256[](1);
        made.calldatas = new bytes[](1);
        made.calldatas[0] = data;
        made.description = description;
        made.id = governor.hashProposal(made.targets, made.values, made.calldatas, keccak256(bytes(description)));
    }

    function _propose(address by, Proposal memory made) internal {
        vm.prank(by);
        uint256 id = governor.propose(made.targets, made.values, made.calldatas, made.description);
        vm.assertEq(id, made.id);
    }

    function _startVote(Proposal memory made) internal {
        vm.warp(governor.proposalSnapshot(made.id) + 1);
    }

    function _endVote(Proposal memory made) internal {
        vm.warp(governor.proposalDeadline(made.id) + 1);
    }

    function _vote(address by, Proposal memory made, uint8 support) internal {
        vm.prank(by);
        governor.castVote(made.id, support);
    }

    function _queue(Proposal memory made) internal {
        governor.queue(made.targets, made.values, made.calldatas, keccak256(bytes(made.description)));
    }

    function _execute(Proposal memory made) internal {
        governor.execute(made.targets, made.values, made.calldatas, keccak256(bytes(made.description)));
    }

    /// @dev From the proposal to where it can be executed; the proposer and the voter vote for it.
    function _carry(address target, bytes memory data, string memory description)
        internal
        returns (Proposal memory made)
    {
        made = _proposal(target, data, description);
        _propose(proposer, made);
        _startVote(made);
        _vote(proposer, made, FOR);
        _vote(voter, made, FOR);
        _endVote(made);
        _queue(made);
        vm.warp(block.timestamp + TIMELOCK_DELAY);
    }

    function _pass(address target, bytes memory data, string memory description) internal {
        _execute(_carry(target, data, description));
    }

    function _assertState(Proposal memory made, IGovernor.ProposalState expected) internal view {
        vm.assertEq(uint256(governor.state(made.id)), uint256(expected));
    }
}
