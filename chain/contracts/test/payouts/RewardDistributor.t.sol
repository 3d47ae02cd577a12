// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Asset} from "../../src/payouts/Asset.sol";
import {IRewardDistributor} from "../../src/payouts/IRewardDistributor.sol";
import {RewardDistributor} from "../../src/payouts/RewardDistributor.sol";
import {Staking} from "../../src/payouts/Staking.sol";
import {Payouts} from "./support/Payouts.sol";

/// @title Who may do what, and how roots become active
contract RewardDistributorRootsTest is Payouts {
    RewardDistributor private distributor;
    bytes32 private constant ROOT = bytes32(uint256(0xabc));
    bytes32 private constant OTHER = bytes32(uint256(0xdef));

    function setUp() external {
        _names();
        distributor = _deploy(address(0), address(0), 1);
        vm.deal(stranger, 1000 ether);
        vm.prank(stranger);
        distributor.fund{value: 100 ether}(100 ether);
    }

    function test_beginsAsStated() external {
        address staking = address(new Staking(owner, address(3)));
        RewardDistributor other = new RewardDistributor(owner, updater, guardian, 2 hours, address(3), staking, 5);
        vm.assertEq(other.owner(), owner);
        vm.assertEq(other.updater(), updater);
        vm.assertEq(other.guardian(), guardian);
        vm.assertEq(other.activationDelay(), 2 hours);
        vm.assertEq(other.asset(), address(3));
        vm.assertEq(other.staking(), staking);
        vm.assertEq(other.minimumClaim(), 5);
        vm.assertEq(other.funded(), 0);
        (uint64 sequence, IRewardDistributor.Posting memory posting) = other.activeRoot();
        vm.assertEq(sequence, 0);
        vm.assertEq(posting.root, bytes32(0));
    }

    function test_refusesAMinimumOfNothingOrAboveOneOpen() external {
        new RewardDistributor(owner, updater, guardian, DELAY, address(0), address(0), 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.MinimumOutOfRange.selector, 0, 1 ether));
        new RewardDistributor(owner, updater, guardian, DELAY, address(0), address(0), 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.MinimumOutOfRange.selector, 1 ether + 1, 1 ether));
        new RewardDistributor(owner, updater, guardian, DELAY, address(0), address(0), 1 ether + 1);
    }

    function test_refusesAStakingOfAnotherAsset() external {
        address native = address(new Staking(owner, address(0)));
        address token = address(new Staking(owner, address(3)));
        new RewardDistributor(owner, updater, guardian, DELAY, address(0), native, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.WrongAsset.selector, token, address(0)));
        new RewardDistributor(owner, updater, guardian, DELAY, address(0), token, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.WrongAsset.selector, native, address(3)));
        new RewardDistributor(owner, updater, guardian, DELAY, address(3), native, 1);
    }

    function test_refusesRolesThatAreNoneOrOne() external {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidRole.selector, address(0)));
        new RewardDistributor(owner, address(0), guardian, DELAY, address(0), address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidRole.selector, address(0)));
        new RewardDistributor(owner, updater, address(0), DELAY, address(0), address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidRole.selector, updater));
        new RewardDistributor(owner, updater, updater, DELAY, address(0), address(0), 1);
        vm.startPrank(owner);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidRole.selector, guardian));
        distributor.setUpdater(guardian);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidRole.selector, updater));
        distributor.setGuardian(updater);
        vm.stopPrank();
    }

    function test_letsTheOwnerAppoint() external {
        vm.startPrank(owner);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.UpdaterChanged(updater, alice);
        distributor.setUpdater(alice);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.GuardianChanged(guardian, bob);
        distributor.setGuardian(bob);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ActivationDelayChanged(DELAY, 1 hours);
        distributor.setActivationDelay(1 hours);
        vm.stopPrank();
        vm.assertEq(distributor.updater(), alice);
        vm.assertEq(distributor.guardian(), bob);
        vm.assertEq(distributor.activationDelay(), 1 hours);
    }

    function test_letsNobodyElseAppoint() external {
        bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, updater);
        vm.startPrank(updater);
        vm.expectRevert(refusal);
        distributor.setUpdater(alice);
        vm.expectRevert(refusal);
        distributor.setGuardian(alice);
        vm.expectRevert(refusal);
        distributor.setActivationDelay(1 hours);
        vm.stopPrank();
    }

    function test_boundsTheDelay() external {
        vm.startPrank(owner);
        distributor.setActivationDelay(1 hours);
        distributor.setActivationDelay(30 days);
        vm.expectRevert(_delay(1 hours - 1));
        distributor.setActivationDelay(1 hours - 1);
        vm.expectRevert(_delay(30 days + 1));
        distributor.setActivationDelay(30 days + 1);
        vm.stopPrank();
    }

    function test_countsWhatIsPutIn() external {
        vm.startPrank(stranger);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Funded(stranger, 3);
        distributor.fund{value: 3}(3);
        (bool taken,) = address(distributor).call{value: 4}("");
        vm.assertTrue(taken);
        vm.expectRevert(IRewardDistributor.NothingSent.selector);
        distributor.fund(0);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, 4, 5));
        distributor.fund{value: 4}(5);
        vm.stopPrank();
        vm.assertEq(distributor.funded(), 100 ether + 7);
        vm.deal(address(distributor), address(distributor).balance + 9);
        vm.assertEq(distributor.funded(), 100 ether + 7);
    }

    function test_postsARootThatWaits() external {
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootPosted(1, 5, ROOT, 10, uint48(START) + DELAY, bytes32(uint256(5)));
        vm.assertEq(_post(distributor, 5, ROOT, 10), 1);
        (uint64 sequence, IRewardDistributor.Posting memory posting) = distributor.latestRoot();
        vm.assertEq(sequence, 1);
        vm.assertEq(posting.root, ROOT);
        vm.assertEq(posting.total, 10);
        vm.assertEq(posting.epoch, 5);
        vm.assertEq(posting.activeAt, START + DELAY);
        vm.assertEq(distributor.pendingRoot(1).root, ROOT);
        (sequence,) = distributor.activeRoot();
        vm.assertEq(sequence, 0);
    }

    function test_refusesRootsOfOthers() external {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotUpdater.selector, guardian));
        vm.prank(guardian);
        distributor.postRoot(1, ROOT, 1, 0);
    }

    function test_refusesNoRootAndOldEpochsAndLessAndMore() external {
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RootMissing.selector, 1));
        _post(distributor, 1, 0, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.EpochNotNewer.selector, 0, 0));
        _post(distributor, 0, ROOT, 1);
        _post(distributor, 3, ROOT, 10);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.EpochNotNewer.selector, 3, 3));
        _post(distributor, 3, ROOT, 10);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.TotalFell.selector, 9, 10));
        _post(distributor, 4, ROOT, 9);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotFunded.selector, 100 ether + 1, 100 ether));
        _post(distributor, 4, ROOT, 100 ether + 1);
        _post(distributor, 4, ROOT, 10);
        _post(distributor, 5, ROOT, 100 ether);
    }

    function test_leavesRoomForTheEpochsAfter() external {
        uint64 step = type(uint32).max;
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.EpochTooFar.selector, type(uint64).max, 0, step));
        _post(distributor, type(uint64).max, ROOT, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.EpochTooFar.selector, step + 1, 0, step));
        _post(distributor, step + 1, ROOT, 1);
        _post(distributor, step, ROOT, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.EpochTooFar.selector, 2 * step + 1, step, step));
        _post(distributor, 2 * step + 1, ROOT, 1);
        _post(distributor, 2 * step, ROOT, 1);
    }

    function test_putsInWhatComesWithARoot() external {
        vm.deal(updater, 2);
        vm.prank(updater);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Funded(updater, 2);
        distributor.postRoot{value: 2}(1, ROOT, 100 ether + 2, 0);
        vm.assertEq(distributor.funded(), 100 ether + 2);
    }

    function test_activatesWhenDueAndNotBefore() external {
        _post(distributor, 1, ROOT, 10);
        vm.warp(START + DELAY - 1);
        distributor.activate();
        (uint64 sequence,) = distributor.activeRoot();
        vm.assertEq(sequence, 0);
        vm.warp(START + DELAY);
        (sequence,) = distributor.activeRoot();
        vm.assertEq(sequence, 1, "what is due can be proven against at once");
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 1, bytes32(0)));
        distributor.pendingRoot(1);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootActivated(1, ROOT);
        distributor.activate();
        vm.recordLogs();
        distributor.activate();
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_activatesWithTheNextPosting() external {
        _post(distributor, 1, ROOT, 10);
        vm.warp(START + DELAY);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootActivated(1, ROOT);
        _post(distributor, 2, OTHER, 10);
        (uint64 sequence, IRewardDistributor.Posting memory posting) = distributor.activeRoot();
        vm.assertEq(sequence, 1);
        vm.assertEq(posting.root, ROOT);
    }

    function test_keepsTheOrderWhenTheDelayGetsShorter() external {
        _post(distributor, 1, ROOT, 10);
        vm.prank(owner);
        distributor.setActivationDelay(1 hours);
        _post(distributor, 2, OTHER, 10);
        vm.assertEq(distributor.pendingRoot(2).activeAt, START + DELAY);
        vm.warp(START + DELAY - 1);
        (uint64 sequence,) = distributor.activeRoot();
        vm.assertEq(sequence, 0);
        vm.warp(START + DELAY);
        (sequence,) = distributor.activeRoot();
        vm.assertEq(sequence, 2);
    }

    function test_replacesNoRootThatWaits() external {
        for (uint64 i = 1; i <= 62; ++i) {
            _post(distributor, i, bytes32(uint256(i)), i);
        }
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.TooManyPending.selector, 62));
        _post(distributor, 63, ROOT, 63);
        for (uint64 i = 1; i <= 62; ++i) {
            vm.assertEq(distributor.pendingRoot(i).root, bytes32(uint256(i)));
        }
        vm.warp(START + DELAY);
        _post(distributor, 63, ROOT, 63);
        (uint64 sequence, IRewardDistributor.Posting memory posting) = distributor.activeRoot();
        vm.assertEq(sequence, 62);
        vm.assertEq(posting.root, bytes32(uint256(62)));
    }

    /// @dev 200 postings a run.
    /// forge-config: default.fuzz.runs = 16
    function test_goesRoundTheRing(uint256 seed) external {
        uint64 posted = 0;
        for (uint64 i = 1; i <= 200; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + seed % DELAY);
            (uint64 active, IRewardDistributor.Posting memory posting) = distributor.activeRoot();
            vm.assertEq(posting.root, bytes32(uint256(active)));
            posted = _post(distributor, i, bytes32(uint256(i)), i);
            vm.assertEq(posted, i);
            (, posting) = distributor.latestRoot();
            vm.assertEq(posting.root, bytes32(uint256(i)));
            for (uint64 j = active + 1; j <= posted; ++j) {
                vm.assertEq(distributor.pendingRoot(j).root, bytes32(uint256(j)));
            }
        }
    }

    function test_dropsAChallengedRootAndAllAfterIt() external {
        _post(distributor, 1, ROOT, 10);
        vm.warp(START + 1);
        _post(distributor, 2, OTHER, 50 ether);
        _post(distributor, 3, ROOT, 60 ether);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootsChallenged(2, 3, OTHER, "sum");
        vm.prank(guardian);
        distributor.challenge(2, OTHER, "sum");
        vm.warp(START + 10 * DELAY);
        distributor.activate();
        (uint64 sequence, IRewardDistributor.Posting memory posting) = distributor.activeRoot();
        vm.assertEq(sequence, 1);
        vm.assertEq(posting.total, 10, "the totals of dropped roots bind nobody");
        vm.assertEq(_post(distributor, 2, OTHER, 11), 2);
    }

    function test_refusesChallengesOfOthersTooLateOrOfSomethingElse() external {
        _post(distributor, 1, ROOT, 10);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotGuardian.selector, updater));
        vm.prank(updater);
        distributor.challenge(1, ROOT, 0);
        vm.startPrank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 1, OTHER));
        distributor.challenge(1, OTHER, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 2, bytes32(0)));
        distributor.challenge(2, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 0, bytes32(0)));
        distributor.challenge(0, 0, 0);
        vm.warp(START + DELAY);
        // due, though nobody has activated it
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 1, ROOT));
        distributor.challenge(1, ROOT, 0);
        vm.stopPrank();
    }

    function test_challengesInTheLastSecond() external {
        _post(distributor, 1, ROOT, 10);
        vm.warp(START + DELAY - 1);
        vm.startPrank(guardian);
        distributor.challenge(1, ROOT, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 1, ROOT));
        distributor.challenge(1, ROOT, 0);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 1, bytes32(0)));
        distributor.pendingRoot(1);
    }

    function test_hitsNoRootThatWasPostedInstead() external {
        _post(distributor, 1, ROOT, 10);
        vm.startPrank(guardian);
        distributor.challenge(1, ROOT, 0);
        vm.stopPrank();
        _post(distributor, 1, OTHER, 10);
        vm.prank(guardian);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotPending.selector, 1, ROOT));
        distributor.challenge(1, ROOT, 0);
    }

    function test_letsNobodyTakeAnythingOut() external {
        bytes[4] memory tries = [
            abi.encodeWithSignature("withdraw(uint256)", 1),
            abi.encodeWithSignature("withdraw(address,uint256)", owner, 1),
            abi.encodeWithSignature("sweep(address)", owner),
            abi.encodeWithSignature("rescue(address,address,uint256)", address(0), owner, 1)
        ];
        vm.startPrank(owner);
        for (uint256 i = 0; i < tries.length; ++i) {
            (bool done,) = address(distributor).call(tries[i]);
            vm.assertFalse(done);
        }
        vm.stopPrank();
    }

    function _delay(uint48 delay) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRewardDistributor.DelayOutOfRange.selector, delay, 1 hours, 30 days);
    }
}
