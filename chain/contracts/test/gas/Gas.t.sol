// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {OpenLedgerGovernor} from "../../src/governance/OpenLedgerGovernor.sol";
import {AttributionAnchor} from "../../src/registry/AttributionAnchor.sol";
import {DatanetRegistry} from "../../src/registry/DatanetRegistry.sol";
import {IAttributionAnchor} from "../../src/registry/IAttributionAnchor.sol";
import {IDatanetRegistry} from "../../src/registry/IDatanetRegistry.sol";
import {ModelRegistry} from "../../src/registry/ModelRegistry.sol";
import {WOPEN} from "../../src/token/WOPEN.sol";
import {Governance} from "../support/Governance.sol";

/// @title What a transaction costs, all of it
/// @dev Each call is a transaction of its own here, with what a transaction costs in itself and with nothing warm. The
///   figures are kept in gas/; a change fails the tests until they are written anew (see README.md).
/// forge-config: default.isolate = true
/// forge-config: deep.isolate = true
contract GasTest is Governance {
    bytes32 private constant ROOT = keccak256("root");

    function test_receipts() external {
        AttributionAnchor anchor = new AttributionAnchor();
        bytes32 id = anchor.register(keccak256("a ledger"));
        vm.snapshotGasLastCall("anchor", "register a ledger");
        anchor.anchor(id, 1, ROOT, 41_666_667, ROOT);
        vm.snapshotGasLastCall("anchor", "first epoch");
        anchor.anchor(id, 2, ROOT, 83_333_334, ROOT);
        uint256 used = vm.snapshotGasLastCall("anchor", "each epoch after it");
        // 0.0015 gas for each of the events of an hour at a thousand million a day
        vm.assertLe(used, 62_500);
        IAttributionAnchor.Anchoring[] memory batch = new IAttributionAnchor.Anchoring[](24);
        for (uint64 i = 0; i < 24; ++i) {
            batch[i] = IAttributionAnchor.Anchoring({epoch: 3 + i, root: ROOT, receipts: 83_333_335 + i, link: ROOT});
        }
        anchor.anchorMany(id, batch);
        vm.snapshotGasLastCall("anchor", "24 epochs at once");
    }

    function test_datanets() external {
        DatanetRegistry registry = new DatanetRegistry();
        bytes32 id = registry.register(keccak256("poems"));
        vm.snapshotGasLastCall("registry", "register a datanet");
        registry.anchor(id, 1, ROOT, 100, ROOT);
        vm.snapshotGasLastCall("registry", "first version of a datanet");
        registry.anchor(id, 2, ROOT, 200, ROOT);
        vm.snapshotGasLastCall("registry", "each version of a datanet after it");
        IDatanetRegistry.Anchoring[] memory batch = new IDatanetRegistry.Anchoring[](20);
        for (uint64 i = 0; i < 20; ++i) {
            batch[i] = IDatanetRegistry.Anchoring(id, 3 + i, ROOT, 200 + i, ROOT);
        }
        registry.anchorMany(batch);
        vm.snapshotGasLastCall("registry", "20 versions of a datanet at once");
    }

    function test_models() external {
        ModelRegistry registry = new ModelRegistry();
        bytes32 base = registry.registerBase(keccak256("base"));
        vm.snapshotGasLastCall("registry", "register a base model");
        bytes32 id = registry.registerAdapter(keccak256("adapter"), base);
        vm.snapshotGasLastCall("registry", "register an adapter");
        registry.anchor(id, 1, ROOT, 100, ROOT, ROOT);
        vm.snapshotGasLastCall("registry", "first version of a model");
        registry.anchor(id, 2, ROOT, 100, ROOT, ROOT);
        vm.snapshotGasLastCall("registry", "each version of a model after it");
    }

    function test_tokens() external {
        WOPEN token = new WOPEN();
        vm.deal(address(this), 10);
        token.deposit{value: 5}();
        vm.snapshotGasLastCall("token", "first wrapping");
        token.transfer(address(0xB0B), 1);
        vm.snapshotGasLastCall("token", "WOPEN to a new holder");
        token.transfer(address(0xB0B), 1);
        vm.snapshotGasLastCall("token", "WOPEN to a holder");
    }

    function test_governance() external {
        _deployVotes();
        _install(new OpenLedgerGovernor(votes, timelock));
        _wrap(proposer, 10_000e18);
        vm.warp(block.timestamp + 1);
        Proposal memory made = _proposal(address(0), "", "A question");
        vm.prank(proposer);
        governor.propose(made.targets, made.values, made.calldatas, made.description);
        vm.snapshotGasLastCall("governor", "propose");
        _startVote(made);
        _vote(proposer, made, FOR);
        vm.snapshotGasLastCall("governor", "vote");
        _endVote(made);
        _queue(made);
        vm.snapshotGasLastCall("governor", "queue");
        vm.warp(block.timestamp + TIMELOCK_DELAY);
        _execute(made);
        vm.snapshotGasLastCall("governor", "execute");
    }
}
