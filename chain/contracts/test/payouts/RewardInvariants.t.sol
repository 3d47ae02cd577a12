// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRewardDistributor} from "../../src/payouts/IRewardDistributor.sol";
import {RewardDistributor} from "../../src/payouts/RewardDistributor.sol";
import {DistributorHandler} from "./support/DistributorHandler.sol";
import {Payouts} from "./support/Payouts.sol";

/// @title What holds whoever posts: money leaves by claims alone, and no more than came in
abstract contract RewardInvariants is Payouts {
    RewardDistributor internal distributor;
    DistributorHandler internal handler;

    function _begin(bool guarded) internal {
        _names();
        distributor = _deploy(address(0), address(0), 1);
        handler = new DistributorHandler(distributor, updater, guardian, guarded);
        _target(address(handler), handler.selectors());
    }

    function invariant_nothingIsMadeOrLost() external view {
        vm.assertEq(distributor.funded(), handler.funded());
        vm.assertEq(address(distributor).balance + _claimed(), handler.funded() + handler.forced());
    }

    function invariant_nobodyIsPaidButByClaims() external view {
        for (uint256 i = 0; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            vm.assertEq(account.balance, distributor.claimed(account));
            vm.assertEq(distributor.claimed(account), handler.largestClaimed(account));
        }
        vm.assertEq(owner.balance + guardian.balance + updater.balance, 0);
    }

    function invariant_noPromiseIsAboveWhatCameIn() external view {
        (, IRewardDistributor.Posting memory latest) = distributor.latestRoot();
        (, IRewardDistributor.Posting memory active) = distributor.activeRoot();
        vm.assertLe(latest.total, distributor.funded());
        vm.assertLe(active.total, latest.total);
    }

    function _claimed() internal view returns (uint256 sum) {
        for (uint256 i = 0; i < handler.accountCount(); ++i) {
            sum += distributor.claimed(handler.accounts(i));
        }
    }
}

/// @notice An updater who lies, and nobody who looks.
contract RewardsUnguardedInvariantTest is RewardInvariants {
    function setUp() external {
        _begin(false);
    }
}

/// @notice An updater who lies, and a guardian who rebuilds every tree.
contract RewardsGuardedInvariantTest is RewardInvariants {
    function setUp() external {
        _begin(true);
    }

    function invariant_nobodyGetsMoreThanTheyEarned() external view {
        for (uint256 i = 0; i < handler.accountCount(); ++i) {
            vm.assertLe(distributor.claimed(handler.accounts(i)), handler.earned(i));
        }
    }

    function invariant_whatIsPromisedCanBePaid() external view {
        (, IRewardDistributor.Posting memory active) = distributor.activeRoot();
        vm.assertLe(_claimed(), active.total);
        vm.assertGe(address(distributor).balance, active.total - _claimed());
        vm.assertTrue(active.root == 0 || handler.honest(active.root));
    }
}
