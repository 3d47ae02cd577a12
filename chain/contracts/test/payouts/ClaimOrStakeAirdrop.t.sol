// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Asset} from "../../src/payouts/Asset.sol";
import {ClaimOrStakeAirdrop} from "../../src/payouts/ClaimOrStakeAirdrop.sol";
import {IClaimOrStakeAirdrop} from "../../src/payouts/IClaimOrStakeAirdrop.sol";
import {IStaking} from "../../src/payouts/IStaking.sol";
import {Staking} from "../../src/payouts/Staking.sol";
import {CallingBack} from "./support/Payees.sol";
import {Payouts} from "./support/Payouts.sol";
import {StandardTree} from "./support/StandardTree.sol";
import {PlainToken} from "./support/Tokens.sol";

contract ClaimOrStakeAirdropTest is Payouts {
    uint48 private constant DEADLINE = uint48(START + 30 days);

    Staking private staking;
    ClaimOrStakeAirdrop private airdrop;

    function setUp() external {
        _names();
        vm.deal(address(this), 1000 ether);
        staking = _staking(address(0));
        staking.fundRewards{value: 10 ether}(1, 10 ether);
        _earn(alice, 5 ether);
        _earn(bob, 3 ether);
        _earn(carol, 2 ether);
        airdrop = new ClaimOrStakeAirdrop(owner, _beginning());
        vm.prank(_account("manager"));
        staking.setBooster(1, address(airdrop), true);
    }

    function test_beginsAsStated() external view {
        vm.assertEq(airdrop.owner(), owner);
        vm.assertEq(airdrop.root(), tree[0]);
        vm.assertEq(airdrop.total(), 10 ether);
        vm.assertEq(airdrop.deadline(), DEADLINE);
        vm.assertEq(airdrop.asset(), address(0));
        vm.assertEq(airdrop.staking(), address(staking));
        vm.assertEq(airdrop.configuration(), 1);
        vm.assertEq(airdrop.boost(), 5000);
        vm.assertFalse(airdrop.isOpen());
        vm.assertEq(airdrop.taken(), 0);
    }

    function test_refusesBeginningsThatCannotBe() external {
        ClaimOrStakeAirdrop.Beginning memory beginning = _beginning();
        beginning.root = 0;
        _refuses(beginning, abi.encodeWithSelector(IClaimOrStakeAirdrop.RootMissing.selector));
        beginning = _beginning();
        beginning.total = 0;
        _refuses(beginning, abi.encodeWithSelector(IClaimOrStakeAirdrop.TotalMissing.selector));
        beginning = _beginning();
        beginning.deadline = uint48(START + 1 days - 1);
        _refuses(beginning, _deadline(beginning.deadline));
        beginning.deadline = uint48(START + 1460 days + 1);
        _refuses(beginning, _deadline(beginning.deadline));
        beginning = _beginning();
        beginning.asset = address(7);
        _refuses(
            beginning, abi.encodeWithSelector(IClaimOrStakeAirdrop.WrongAsset.selector, address(staking), address(7))
        );
        beginning = _beginning();
        beginning.staking = address(0);
        _refuses(beginning, abi.encodeWithSelector(IClaimOrStakeAirdrop.BoostWithoutStaking.selector, 5000));
        beginning.boost = 0;
        beginning.deadline = uint48(START + 1 days);
        new ClaimOrStakeAirdrop(owner, beginning);
        beginning.deadline = uint48(START + 1460 days);
        new ClaimOrStakeAirdrop(owner, beginning);
    }

    function test_opensWhenAllIsThere() external {
        bytes32[] memory proof = _proof(alice);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.NotOpen.selector, 0, 10 ether));
        airdrop.claim(5 ether, proof);
        _give(10 ether - 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.NotOpen.selector, 10 ether - 1, 10 ether));
        airdrop.open();
        _give(1);
        vm.expectEmit(address(airdrop));
        emit IClaimOrStakeAirdrop.Opened(10 ether);
        airdrop.open();
        vm.assertTrue(airdrop.isOpen());
        vm.expectRevert(IClaimOrStakeAirdrop.AlreadyOpen.selector);
        airdrop.open();
    }

    function test_opensNotAfterTheDeadline() external {
        _give(10 ether);
        vm.warp(DEADLINE + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.DeadlinePassed.selector, DEADLINE));
        airdrop.open();
    }

    function test_paysOnce() external {
        _open();
        bytes32[] memory proof = _proof(alice);
        vm.startPrank(alice);
        vm.expectEmit(address(airdrop));
        emit IClaimOrStakeAirdrop.Claimed(alice, 5 ether);
        airdrop.claim(5 ether, proof);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.AlreadyClaimed.selector, alice));
        airdrop.claim(5 ether, proof);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.AlreadyClaimed.selector, alice));
        airdrop.stake(5 ether, proof);
        vm.stopPrank();
        vm.assertEq(alice.balance, 5 ether);
        vm.assertEq(airdrop.taken(), 5 ether);
        vm.assertTrue(airdrop.isClaimed(alice));
        vm.assertFalse(airdrop.isClaimed(bob));
    }

    function test_stakesWithTheBoost() external {
        _open();
        bytes32[] memory proof = _proof(alice);
        vm.startPrank(alice);
        vm.expectEmit(address(airdrop));
        emit IClaimOrStakeAirdrop.ClaimStaked(alice, 1, 5 ether, 5000);
        vm.assertEq(airdrop.stake(5 ether, proof), 1);
        IStaking.Stake memory held = staking.stakeOf(1);
        vm.assertEq(held.holder, alice);
        vm.assertEq(held.principal, 5 ether);
        vm.assertEq(held.reward, 0.75 ether, "half as much again as the tenth");
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.AlreadyClaimed.selector, alice));
        airdrop.claim(5 ether, proof);
        vm.stopPrank();
        vm.assertEq(airdrop.taken(), 5 ether);
        vm.assertEq(address(airdrop).balance, 5 ether);
    }

    function test_paysWhenTheStakingRefuses() external {
        _open();
        vm.prank(_account("bank"));
        staking.returnRewards(1, 10 ether);
        bytes32[] memory proof = _proof(alice);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.RewardsMissing.selector, 1, 0.75 ether, 0));
        airdrop.stake(5 ether, proof);
        airdrop.claim(5 ether, proof);
        vm.stopPrank();
        vm.assertEq(alice.balance, 5 ether);
    }

    function test_letsNobodyDecideForAnother() external {
        _open();
        bytes32[] memory proof = _proof(alice);
        bytes32 proven = StandardTree.climb(StandardTree.leaf(bob, 5 ether), proof);
        vm.startPrank(bob);
        vm.expectRevert(
            abi.encodeWithSelector(IClaimOrStakeAirdrop.WrongProof.selector, bob, 5 ether, proven)
        );
        airdrop.claim(5 ether, proof);
        vm.expectRevert(
            abi.encodeWithSelector(IClaimOrStakeAirdrop.WrongProof.selector, bob, 5 ether, proven)
        );
        airdrop.stake(5 ether, proof);
        vm.stopPrank();
    }

    function test_paysUntilTheDeadlineAndReturnsTheRestAfterIt() external {
        _open();
        _give(1 ether);
        bytes32[] memory alices = _proof(alice);
        bytes32[] memory bobs = _proof(bob);
        vm.warp(DEADLINE);
        vm.prank(owner);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.DeadlineNotPassed.selector, DEADLINE));
        airdrop.returnRemainder(stranger);
        vm.prank(alice);
        airdrop.claim(5 ether, alices);
        vm.warp(DEADLINE + 1);
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.DeadlinePassed.selector, DEADLINE));
        airdrop.claim(3 ether, bobs);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.DeadlinePassed.selector, DEADLINE));
        airdrop.stake(3 ether, bobs);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, bob));
        airdrop.returnRemainder(bob);
        vm.stopPrank();
        vm.startPrank(owner);
        vm.expectRevert(IClaimOrStakeAirdrop.ZeroAddress.selector);
        airdrop.returnRemainder(address(0));
        vm.expectEmit(address(airdrop));
        emit IClaimOrStakeAirdrop.RemainderReturned(stranger, 6 ether);
        airdrop.returnRemainder(stranger);
        vm.stopPrank();
        vm.assertEq(stranger.balance, 6 ether);
    }

    function test_givesNoMoreThanTheTotal() external {
        ClaimOrStakeAirdrop.Beginning memory beginning = _beginning();
        beginning.total = 7 ether;
        airdrop = new ClaimOrStakeAirdrop(owner, beginning);
        _give(50 ether);
        airdrop.open();
        bytes32[] memory alices = _proof(alice);
        bytes32[] memory bobs = _proof(bob);
        bytes32[] memory carols = _proof(carol);
        vm.prank(alice);
        airdrop.claim(5 ether, alices);
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IClaimOrStakeAirdrop.TotalExceeded.selector, 5 ether, 7 ether));
        airdrop.claim(3 ether, bobs);
        vm.prank(carol);
        airdrop.claim(2 ether, carols);
        vm.assertEq(airdrop.taken(), 7 ether);
    }

    function test_paysNothingTwiceWhoCallsBack() external {
        CallingBack caller = new CallingBack();
        _earn(address(caller), 1 ether);
        airdrop = new ClaimOrStakeAirdrop(owner, _beginning());
        _give(11 ether);
        airdrop.open();
        bytes32[] memory proof = _proof(address(caller));
        bytes memory call = abi.encodeCall(IClaimOrStakeAirdrop.claim, (1 ether, proof));
        caller.arm(address(airdrop), call);
        caller.run(address(airdrop), call);
        vm.assertEq(caller.calls(), 1);
        vm.assertFalse(caller.succeeded());
        vm.assertEq(address(caller).balance, 1 ether);
    }

    function test_givesTokens() external {
        PlainToken token = new PlainToken();
        staking = _staking(address(token));
        ClaimOrStakeAirdrop.Beginning memory beginning = _beginning();
        beginning.asset = address(token);
        airdrop = new ClaimOrStakeAirdrop(owner, beginning);
        vm.prank(_account("manager"));
        staking.setBooster(1, address(airdrop), true);
        token.mint(address(this), 20 ether);
        token.approve(address(staking), 10 ether);
        staking.fundRewards(1, 10 ether);
        token.transfer(address(airdrop), 10 ether);
        airdrop.open();
        (bool taken, bytes memory why) = address(airdrop).call{value: 1}("");
        vm.assertFalse(taken);
        vm.assertEq(why, abi.encodeWithSelector(Asset.WrongValue.selector, 1, 0));
        bytes32[] memory proof = _proof(alice);
        vm.prank(alice);
        airdrop.claim(5 ether, proof);
        vm.assertEq(token.balanceOf(alice), 5 ether);
        proof = _proof(bob);
        vm.prank(bob);
        airdrop.stake(3 ether, proof);
        vm.assertEq(staking.stakeOf(1).principal, 3 ether);
        vm.warp(DEADLINE + 1);
        vm.prank(owner);
        airdrop.returnRemainder(owner);
        vm.assertEq(token.balanceOf(owner), 2 ether);
    }

    function test_stakesNothingWithoutStaking() external {
        ClaimOrStakeAirdrop.Beginning memory beginning = _beginning();
        beginning.staking = address(0);
        beginning.boost = 0;
        airdrop = new ClaimOrStakeAirdrop(owner, beginning);
        _open();
        bytes32[] memory proof = _proof(alice);
        vm.startPrank(alice);
        vm.expectRevert(IClaimOrStakeAirdrop.NoStaking.selector);
        airdrop.stake(5 ether, proof);
        airdrop.claim(5 ether, proof);
        vm.stopPrank();
    }

    function _beginning() private view returns (ClaimOrStakeAirdrop.Beginning memory) {
        return ClaimOrStakeAirdrop.Beginning({
            root: tree[0],
            total: _total(),
            deadline: DEADLINE,
            asset: address(0),
            staking: address(staking),
            configuration: 1,
            boost: 5000
        });
    }

    function _open() private {
        _give(10 ether);
        airdrop.open();
    }

    function _give(uint256 amount) private {
        (bool taken,) = address(airdrop).call{value: amount}("");
        vm.assertTrue(taken);
    }

    function _refuses(ClaimOrStakeAirdrop.Beginning memory beginning, bytes memory refusal) private {
        vm.expectRevert(refusal);
        new ClaimOrStakeAirdrop(owner, beginning);
    }

    function _deadline(uint48 deadline) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IClaimOrStakeAirdrop.DeadlineOutOfRange.selector, deadline, START + 1 days, START + 1460 days
        );
    }
}
