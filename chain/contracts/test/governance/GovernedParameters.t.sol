// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IParameterStore} from "../../src/governance/IParameterStore.sol";
import {OpenLedgerGovernor} from "../../src/governance/OpenLedgerGovernor.sol";
import {ParameterStore} from "../../src/governance/ParameterStore.sol";
import {Governance} from "../support/Governance.sol";

/// @title The way of a change: proposed, voted, waited for, in effect
contract GovernedParametersTest is Governance {
    ParameterStore private store;
    uint16[6] private split = [uint16(8_000), 500, 500, 500, 500, 0];

    function setUp() external {
        _deployVotes();
        _install(new OpenLedgerGovernor(votes, timelock));
        _wrap(proposer, 10_000e18);
        _wrap(voter, 2_000e18);
        store = new ParameterStore(
            address(timelock),
            ParameterStore.Beginning({
                changeDelay: 1 days,
                cooldown: 7 days,
                epochLength: IParameterStore.Setting({minimum: 60, maximum: 30 days, value: 1 hours}),
                activationDelay: IParameterStore.Setting({minimum: 60, maximum: 14 days, value: 1 days}),
                feeSplit: [uint16(7_000), 1_000, 500, 1_000, 500, 0],
                policyVersion: 1,
                policyHash: keccak256("policy 1")
            })
        );
        vm.warp(block.timestamp + 1);
    }

    function test_changesTheFeeSplitByAVote() external {
        _pass(address(store), abi.encodeCall(IParameterStore.setFeeSplit, (split)), "More for contributors");
        (uint16[6] memory pending, uint48 effectiveAt) = store.lastFeeSplitChange();
        vm.assertEq(pending[0], 8_000);
        vm.assertEq(effectiveAt, block.timestamp + 1 days);
        vm.assertEq(store.feeSplit()[0], 7_000);
        vm.warp(effectiveAt);
        vm.assertEq(store.feeSplit()[0], 8_000);
        // an epoch that began before is still settled by the split of its start
        vm.assertEq(store.feeSplitAt(effectiveAt - 1)[0], 7_000);
    }

    function test_changesThePolicyByAVote() external {
        _pass(
            address(store),
            abi.encodeCall(IParameterStore.setAttributionPolicy, (2, keccak256("policy 2"))),
            "A second policy"
        );
        (,, uint48 effectiveAt) = store.lastAttributionPolicyChange();
        vm.warp(effectiveAt);
        (uint32 version, bytes32 policyHash) = store.attributionPolicy();
        vm.assertEq(version, 2);
        vm.assertEq(policyHash, keccak256("policy 2"));
    }

    function test_carriesNoVoteOutOfTheBounds() external {
        Proposal memory made = _carry(
            address(store), abi.encodeCall(IParameterStore.setParameter, ("epochLength", 59)), "Epochs of 59 seconds"
        );
        vm.expectRevert(
            abi.encodeWithSelector(
                IParameterStore.OutOfBounds.selector, bytes32("epochLength"), 59, 60, 30 days
            )
        );
        _execute(made);
    }
}
