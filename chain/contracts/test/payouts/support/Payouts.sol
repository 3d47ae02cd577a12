// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRewardDistributor} from "../../../src/payouts/IRewardDistributor.sol";
import {IStaking} from "../../../src/payouts/IStaking.sol";
import {RewardDistributor} from "../../../src/payouts/RewardDistributor.sol";
import {Staking} from "../../../src/payouts/Staking.sol";
import {Test} from "../../support/Test.sol";
import {StandardTree} from "./StandardTree.sol";

/// @title What the tests of payouts begin with: roles, a tree of three accounts, terms
abstract contract Payouts is Test {
    uint256 internal constant START = 1_800_000_000;
    uint48 internal constant DELAY = 1 days;

    address internal owner;
    address internal updater;
    address internal guardian;
    address internal alice;
    address internal bob;
    address internal carol;
    address internal stranger;

    // a tree; `_earn` makes it
    address[] internal accounts;
    uint256[] internal amounts;
    bytes32[] internal tree;

    function _names() internal {
        vm.warp(START);
        owner = _account("owner");
        updater = _account("updater");
        guardian = _account("guardian");
        alice = _account("alice");
        bob = _account("bob");
        carol = _account("carol");
        stranger = _account("stranger");
    }

    function _deploy(address asset, address staking, uint256 minimum) internal returns (RewardDistributor) {
        return new RewardDistributor(owner, updater, guardian, DELAY, asset, staking, minimum);
    }

    /// @dev Adds to what an account has earned ever; a new account gets a leaf.
    function _earn(address account, uint256 amount) internal {
        uint256 i = 0;
        while (i < accounts.length && accounts[i] != account) {
            ++i;
        }
        if (i == accounts.length) {
            accounts.push(account);
            amounts.push(0);
        }
        amounts[i] += amount;
        tree = StandardTree.nodes(accounts, amounts);
    }

    function _total() internal view returns (uint128 sum) {
        for (uint256 i = 0; i < amounts.length; ++i) {
            sum += uint128(amounts[i]);
        }
    }

    function _earned(address account) internal view returns (uint256) {
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (accounts[i] == account) {
                return amounts[i];
            }
        }
        return 0;
    }

    function _proof(address account) internal view returns (bytes32[] memory) {
        return StandardTree.proof(tree, StandardTree.leaf(account, _earned(account)));
    }

    function _post(RewardDistributor distributor, uint64 epoch) internal returns (uint64) {
        return _post(distributor, epoch, tree[0], _total());
    }

    function _post(RewardDistributor distributor, uint64 epoch, bytes32 root, uint128 total)
        internal
        returns (uint64)
    {
        vm.prank(updater);
        return distributor.postRoot(epoch, root, total, bytes32(uint256(epoch)));
    }

    function _postActive(RewardDistributor distributor, uint64 epoch) internal {
        _post(distributor, epoch);
        vm.warp(block.timestamp + DELAY);
    }

    function _wrongRoot(address account, bytes32 proven, bytes32 active) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRewardDistributor.WrongRoot.selector, account, proven, active);
    }

    function _nothing(address account, uint256 cumulative, uint256 before) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IRewardDistributor.NothingToClaim.selector, account, cumulative, before);
    }

    function _terms() internal pure returns (IStaking.Terms memory) {
        return IStaking.Terms({
            rate: 1000,
            maximumBoost: 10_000,
            duration: 365 days,
            cooldown: 7 days,
            open: true,
            topUp: true,
            minimum: 1 ether,
            maximum: 100 ether,
            capacity: 1000 ether
        });
    }

    /// @dev A native or token staking with one configuration; its rewards are put in by who calls this.
    function _staking(address asset) internal returns (Staking staking) {
        staking = new Staking(owner, asset);
        vm.prank(owner);
        staking.createConfiguration(_account("bank"), _account("manager"), _terms());
    }
}
