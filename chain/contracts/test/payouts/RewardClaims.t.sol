// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Asset} from "../../src/payouts/Asset.sol";
import {IRewardDistributor} from "../../src/payouts/IRewardDistributor.sol";
import {IStaking} from "../../src/payouts/IStaking.sol";
import {RewardDistributor} from "../../src/payouts/RewardDistributor.sol";
import {Staking} from "../../src/payouts/Staking.sol";
import {Activating, Burning, CallingBack, ClaimingMore, Measuring, Refusing, Verbose} from "./support/Payees.sol";
import {Payouts} from "./support/Payouts.sol";
import {StandardTree} from "./support/StandardTree.sol";
import {CallbackToken, FeeToken, PlainToken} from "./support/Tokens.sol";

/// @title Claims in native coins
contract RewardClaimsTest is Payouts {
    RewardDistributor private distributor;

    function setUp() external {
        _names();
        distributor = _deploy(address(0), address(0), 10);
        vm.deal(address(this), 1000 ether);
        distributor.fund{value: 100 ether}(100 ether);
        _earn(alice, 5 ether);
        _earn(bob, 3 ether);
        _earn(carol, 9);
    }

    function test_paysWhatWasEarned() external {
        _postActive(distributor, 1);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(alice, 5 ether);
        _claim(alice);
        vm.assertEq(alice.balance, 5 ether);
        vm.assertEq(distributor.claimed(alice), 5 ether);
        vm.assertEq(address(distributor).balance, 95 ether);
    }

    function test_paysPackedClaims() external {
        _postActive(distributor, 1);
        bytes memory data = abi.encodePacked(IRewardDistributor.claimPacked.selector, uint256(5 ether), _proof(alice));
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(alice, 5 ether);
        vm.prank(alice);
        (bool done,) = address(distributor).call(data);
        vm.assertTrue(done);
        vm.assertEq(alice.balance, 5 ether);
        vm.prank(alice);
        bytes memory why;
        (done, why) = address(distributor).call(data);
        vm.assertFalse(done);
        vm.assertEq(why, _nothing(alice, 5 ether, 5 ether));
    }

    function test_refusesPackedClaimsWithoutOrWithAnothersProof() external {
        _postActive(distributor, 1);
        vm.startPrank(alice);
        vm.expectRevert(_wrongRoot(alice, StandardTree.leaf(alice, 5 ether), tree[0]));
        distributor.claimPacked(5 ether);
        vm.stopPrank();
        bytes memory data = abi.encodePacked(IRewardDistributor.claimPacked.selector, uint256(5 ether), _proof(alice));
        vm.prank(bob);
        (bool done,) = address(distributor).call(data);
        vm.assertFalse(done);
        // what is no whole sibling is no sibling
        vm.prank(alice);
        (done,) = address(distributor).call(bytes.concat(data, hex"0102"));
        vm.assertTrue(done);
        vm.assertEq(alice.balance, 5 ether);
        vm.assertEq(bob.balance, 0);
    }

    function test_paysNothingTwice() external {
        _postActive(distributor, 1);
        _claim(alice);
        bytes32[] memory proof = _proof(alice);
        vm.expectRevert(_nothing(alice, 5 ether, 5 ether));
        vm.prank(alice);
        distributor.claim(5 ether, proof);
        vm.expectRevert(_nothing(alice, 5 ether, 5 ether));
        distributor.claimFor(alice, 5 ether, proof);
    }

    function test_paysTheDifferenceLater() external {
        _postActive(distributor, 1);
        _claim(alice);
        _earn(alice, 2 ether);
        _postActive(distributor, 2);
        _claim(alice);
        vm.assertEq(alice.balance, 7 ether);
        vm.assertEq(distributor.claimed(alice), 7 ether);
    }

    function test_losesNothingUnclaimedWhenRootsFollow() external {
        _postActive(distributor, 1);
        for (uint64 epoch = 2; epoch < 6; ++epoch) {
            _earn(alice, 1 ether);
            _postActive(distributor, epoch);
        }
        _claim(bob);
        _claim(alice);
        vm.assertEq(bob.balance, 3 ether);
        vm.assertEq(alice.balance, 9 ether);
    }

    function test_takesNoProofOfARootThatWaits() external {
        _postActive(distributor, 1);
        distributor.activate();
        bytes32 active = tree[0];
        bytes32[] memory activeProof = _proof(alice);
        _earn(alice, 2 ether);
        _post(distributor, 2);
        bytes32[] memory latestProof = _proof(alice);
        vm.startPrank(alice);
        vm.expectRevert(_wrongRoot(alice, tree[0], active));
        distributor.claim(7 ether, latestProof);
        (, IRewardDistributor.Posting memory posting) = distributor.activeRoot();
        vm.assertEq(posting.root, active);
        distributor.claim(5 ether, activeProof);
        vm.warp(block.timestamp + DELAY);
        (, posting) = distributor.activeRoot();
        vm.assertEq(posting.root, tree[0]);
        distributor.claim(7 ether, latestProof);
        vm.stopPrank();
        vm.assertEq(alice.balance, 7 ether);
    }

    function test_takesNoProofOfARootThatWasReplaced() external {
        _postActive(distributor, 1);
        distributor.activate();
        bytes32 first = tree[0];
        bytes32[] memory proof = _proof(bob);
        _earn(bob, 1 ether);
        _postActive(distributor, 2);
        distributor.activate();
        vm.prank(bob);
        vm.expectRevert(_wrongRoot(bob, first, tree[0]));
        distributor.claim(3 ether, proof);
    }

    function test_takesNoProofOfAChallengedRoot() external {
        uint64 sequence = _post(distributor, 1);
        vm.prank(guardian);
        distributor.challenge(sequence, tree[0], 0);
        vm.warp(block.timestamp + 10 * DELAY);
        bytes32[] memory proof = _proof(alice);
        vm.prank(alice);
        vm.expectRevert(_wrongRoot(alice, tree[0], 0));
        distributor.claim(5 ether, proof);
    }

    function test_takesNoOthersProofNorAmount(uint256 amount) external {
        vm.assume(amount != 5 ether);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        vm.prank(bob);
        vm.expectRevert(_wrongRoot(bob, StandardTree.climb(StandardTree.leaf(bob, 5 ether), proof), tree[0]));
        distributor.claim(5 ether, proof);
        vm.prank(alice);
        vm.expectRevert(_wrongRoot(alice, StandardTree.climb(StandardTree.leaf(alice, amount), proof), tree[0]));
        distributor.claim(amount, proof);
    }

    function test_takesNoChangedProof(uint256 where, uint256 bit) external {
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        where = where % proof.length;
        proof[where] = bytes32(uint256(proof[where]) ^ (1 << (bit % 256)));
        vm.prank(alice);
        vm.expectRevert();
        distributor.claim(5 ether, proof);
    }

    function test_takesNoInnerNodeForALeaf() external {
        _postActive(distributor, 1);
        // the children of an inner node as account and amount, if it were hashed once
        vm.expectRevert();
        distributor.claimFor(address(uint160(uint256(tree[1]))), uint256(tree[2]), new bytes32[](0));
    }

    function test_takesALeafAsRoot() external {
        bytes32 leaf = StandardTree.leaf(alice, 50);
        _post(distributor, 1, leaf, 50);
        vm.warp(block.timestamp + DELAY);
        vm.prank(alice);
        distributor.claim(50, new bytes32[](0));
        vm.assertEq(alice.balance, 50);
    }

    function test_paysOthersToTheirOwnAddress() external {
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        vm.prank(stranger);
        distributor.claimFor(alice, 5 ether, proof);
        vm.assertEq(alice.balance, 5 ether);
        vm.assertEq(stranger.balance, 0);
    }

    function test_paysTheMinimumAndNotLess() external {
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(carol);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.BelowMinimum.selector, carol, 9, 10));
        distributor.claim(9, proof);
        _earn(carol, 1);
        _postActive(distributor, 2);
        _claim(carol);
        vm.assertEq(carol.balance, 10, "what was below the minimum is not lost");
        _earn(carol, 9);
        _postActive(distributor, 3);
        proof = _proof(carol);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.BelowMinimum.selector, carol, 9, 10));
        distributor.claim(19, proof);
    }

    function test_paysNoMoreThanWasPutIn() external {
        // a tree that sums up to more than it states
        _earn(stranger, 200 ether);
        _post(distributor, 1, tree[0], 100 ether);
        vm.warp(block.timestamp + DELAY);
        bytes32[] memory proof = _proof(stranger);
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(Asset.NativeTransferFailed.selector, stranger, 200 ether));
        distributor.claim(200 ether, proof);
        vm.assertEq(distributor.claimed(stranger), 0);
        _claim(alice);
    }

    function test_paysNoRefusingReceiverAndKeepsItsClaim() external {
        address refusing = address(new Refusing());
        _earn(refusing, 1 ether);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(refusing);
        vm.expectRevert(abi.encodeWithSelector(Asset.NativeTransferFailed.selector, refusing, 1 ether));
        distributor.claimFor(refusing, 1 ether, proof);
        vm.assertEq(distributor.claimed(refusing), 0);
    }

    function test_paysNobodyTwiceWhoCallsBack() external {
        CallingBack caller = new CallingBack();
        _earn(address(caller), 1 ether);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(address(caller));
        bytes memory call = abi.encodeCall(IRewardDistributor.claim, (1 ether, proof));
        caller.arm(address(distributor), call);
        caller.run(address(distributor), call);
        vm.assertEq(caller.calls(), 1);
        vm.assertFalse(caller.succeeded());
        vm.assertEq(address(caller).balance, 1 ether);

        // for another, while it is paid itself: nothing is wrong with that
        _earn(address(caller), 1 ether);
        _postActive(distributor, 2);
        bytes32[] memory bobs = _proof(bob);
        caller.arm(address(distributor), abi.encodeCall(IRewardDistributor.claimFor, (bob, 3 ether, bobs)));
        proof = _proof(address(caller));
        caller.run(address(distributor), abi.encodeCall(IRewardDistributor.claim, (2 ether, proof)));
        vm.assertTrue(caller.succeeded());
        vm.assertEq(address(caller).balance, 2 ether);
        vm.assertEq(bob.balance, 3 ether);
        vm.assertEq(address(distributor).balance, 95 ether);
    }

    function test_paysABatch() external {
        _postActive(distributor, 1);
        vm.prank(stranger);
        vm.assertEq(_batch(), 2);
        vm.assertEq(alice.balance, 5 ether);
        vm.assertEq(bob.balance, 3 ether);
        vm.assertEq(carol.balance, 0, "below the minimum");
        vm.assertEq(stranger.balance, 0);
    }

    function test_paysABatchAfterSomeoneClaimedFirst() external {
        _postActive(distributor, 1);
        _claim(alice);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ClaimSkipped(alice, 5 ether);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(bob, 3 ether);
        vm.assertEq(_batch(), 1);
        vm.assertEq(alice.balance, 5 ether);
        vm.assertEq(_batch(), 0);
        vm.assertEq(bob.balance, 3 ether);
    }

    function test_paysInABatchNoDifferenceBelowTheMinimum() external {
        _earn(carol, 1);
        _postActive(distributor, 1);
        _claim(carol);
        _earn(carol, 9);
        _postActive(distributor, 2);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ClaimSkipped(carol, 19);
        vm.assertEq(_batch(), 2);
        vm.assertEq(carol.balance, 10);
        vm.assertEq(distributor.claimed(carol), 10);
    }

    function test_givesAPayeeOfABatchExactlyItsGas() external {
        Measuring payee = new Measuring();
        (bool done,) = address(payee).call{value: 1, gas: 50_000}("");
        vm.assertTrue(done);
        uint256 expected = payee.had();
        _earn(address(payee), 1 ether);
        _postActive(distributor, 1);
        vm.assertEq(_batch(), 3);
        vm.assertEq(payee.had(), expected);
    }

    function test_paysABatchAroundThoseWhoRefuse() external {
        address[3] memory hostile = [address(new Refusing()), address(new Burning()), address(new Verbose())];
        for (uint256 i = 0; i < hostile.length; ++i) {
            _earn(hostile[i], 1 ether);
        }
        _earn(stranger, 1 ether);
        _postActive(distributor, 1);
        uint256 gas = gasleft();
        vm.assertEq(_batch(), 3);
        vm.assertLt(gas - gasleft(), 1_000_000);
        vm.assertEq(stranger.balance, 1 ether);
        for (uint256 i = 0; i < hostile.length; ++i) {
            vm.assertEq(distributor.claimed(hostile[i]), 0, "what was not taken can be claimed later");
            vm.assertEq(hostile[i].balance, 0);
        }
        vm.assertEq(address(distributor).balance, 100 ether - 9 ether);
    }

    function test_paysABatchToThoseWhoCallBack() external {
        CallingBack caller = new CallingBack();
        _earn(address(caller), 1 ether);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(address(caller));
        caller.arm(address(distributor), abi.encodeCall(IRewardDistributor.claim, (1 ether, proof)));
        _batch();
        vm.assertFalse(caller.succeeded());
        vm.assertEq(address(caller).balance, 1 ether);
        vm.assertEq(distributor.claimed(address(caller)), 1 ether);
    }

    function test_saysLastWhatWasClaimedLastByWhoClaimsMoreInABatch() external {
        ClaimingMore payee = new ClaimingMore();
        _earn(address(payee), 1 ether);
        _postActive(distributor, 1);
        distributor.activate();
        (IRewardDistributor.Item[] memory items, bytes32[] memory siblings) = _batchOf();
        _earn(address(payee), 2 ether);
        // due, and activated by the payee
        _postActive(distributor, 2);
        payee.arm(distributor, 3 ether, _proof(address(payee)));
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(bob, 3 ether);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(address(payee), 3 ether);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.Claimed(address(payee), 3 ether);
        vm.assertEq(distributor.claimMany(items, siblings), 3);
        vm.assertEq(address(payee).balance, 3 ether);
        vm.assertEq(distributor.claimed(address(payee)), 3 ether);
    }

    function test_paysABatchAroundWhoActivatesTheNextRoot() external {
        Activating payee = new Activating(distributor);
        delete accounts;
        delete amounts;
        _earn(address(payee), 1 ether);
        _earn(alice, 5 ether);
        _earn(bob, 3 ether);
        _postActive(distributor, 1);
        distributor.activate();
        bytes32 before = tree[0];
        (IRewardDistributor.Item[] memory items, bytes32[] memory siblings) = _batchOf();
        _earn(alice, 1 ether);
        _postActive(distributor, 2);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.RootActivated(2, tree[0]);
        vm.assertEq(distributor.claimMany(items, siblings), 3);
        vm.assertEq(alice.balance, 5 ether);
        vm.assertEq(bob.balance, 3 ether);
        // the batch after it proves against the root that is active now
        vm.expectRevert(_wrongRoot(address(payee), before, tree[0]));
        distributor.claimMany(items, siblings);
        vm.assertEq(_batch(), 1);
        vm.assertEq(alice.balance, 6 ether);
    }

    function test_skipsWhoStandsTwiceInABatch() external {
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        IRewardDistributor.Item[] memory items = new IRewardDistributor.Item[](2);
        bytes32[] memory siblings = new bytes32[](2 * proof.length);
        for (uint256 i = 0; i < 2; ++i) {
            items[i] = IRewardDistributor.Item({account: alice, cumulative: 5 ether, depth: proof.length});
            for (uint256 j = 0; j < proof.length; ++j) {
                siblings[i * proof.length + j] = proof[j];
            }
        }
        vm.assertEq(distributor.claimMany(items, siblings), 1);
        vm.assertEq(alice.balance, 5 ether);
    }

    function test_paysTheMinimumInABatch() external {
        _earn(carol, 1);
        _postActive(distributor, 1);
        vm.assertEq(_batch(), 3);
        vm.assertEq(carol.balance, 10);
    }

    function test_refusesBatchesThatAreNone() external {
        _postActive(distributor, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.BatchOutOfRange.selector, 0, 100));
        distributor.claimMany(new IRewardDistributor.Item[](0), new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.BatchOutOfRange.selector, 101, 100));
        distributor.claimMany(new IRewardDistributor.Item[](101), new bytes32[](0));
        (IRewardDistributor.Item[] memory items, bytes32[] memory siblings) = _batchOf();
        bytes32[] memory more = new bytes32[](siblings.length + 1);
        bytes32[] memory fewer = new bytes32[](siblings.length - 1);
        for (uint256 i = 0; i < siblings.length; ++i) {
            more[i] = siblings[i];
            if (i < fewer.length) {
                fewer[i] = siblings[i];
            }
        }
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.SiblingsDiffer.selector, 3, 1));
        distributor.claimMany(items, more);
        vm.expectRevert(
            abi.encodeWithSelector(IRewardDistributor.SiblingsDiffer.selector, 2, items[2].depth - 1)
        );
        distributor.claimMany(items, fewer);
        items[1].cumulative += 1;
        vm.expectRevert();
        distributor.claimMany(items, siblings);
        vm.assertEq(alice.balance, 0, "a wrong proof fails the batch");
    }

    function test_paysABatchOfAHundred() external {
        for (uint160 i = 1; i <= 97; ++i) {
            accounts.push(address(0xabcd0000 + i));
            amounts.push(0.01 ether);
        }
        _earn(carol, 1 ether);
        _postActive(distributor, 1);
        vm.assertEq(_batch(), 100);
        vm.assertEq(address(distributor).balance, 100 ether - _total());
    }

    function test_stakesNothingWithoutStaking() external {
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        vm.prank(alice);
        vm.expectRevert(IRewardDistributor.NoStaking.selector);
        distributor.claimToStake(1, 5 ether, proof);
    }

    function test_stakesAClaim() external {
        Staking staking = _staking(address(0));
        staking.fundRewards{value: 1 ether}(1, 1 ether);
        distributor = _deploy(address(0), address(staking), 10);
        distributor.fund{value: 100 ether}(100 ether);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        vm.prank(alice);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ClaimStaked(alice, 1, 5 ether);
        uint256 id = distributor.claimToStake(1, 5 ether, proof);
        IStaking.Stake memory stake = staking.stakeOf(id);
        vm.assertEq(stake.holder, alice);
        vm.assertEq(stake.principal, 5 ether);
        vm.assertEq(distributor.claimed(alice), 5 ether);
        vm.assertEq(address(distributor).balance, 95 ether);
        vm.prank(alice);
        vm.expectRevert(_nothing(alice, 5 ether, 5 ether));
        distributor.claim(5 ether, proof);
    }

    function test_claimsNothingWhenTheStakingRefuses() external {
        Staking staking = _staking(address(0));
        distributor = _deploy(address(0), address(staking), 10);
        distributor.fund{value: 100 ether}(100 ether);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IStaking.RewardsMissing.selector, 1, 0.5 ether, 0));
        distributor.claimToStake(1, 5 ether, proof);
        distributor.claim(5 ether, proof);
        vm.stopPrank();
        vm.assertEq(alice.balance, 5 ether);
    }

    function _claim(address account) private {
        bytes32[] memory proof = _proof(account);
        uint256 earned = _earned(account);
        vm.prank(account);
        distributor.claim(earned, proof);
    }

    function _batch() private returns (uint256) {
        (IRewardDistributor.Item[] memory items, bytes32[] memory siblings) = _batchOf();
        return distributor.claimMany(items, siblings);
    }

    function _batchOf() private view returns (IRewardDistributor.Item[] memory items, bytes32[] memory siblings) {
        items = new IRewardDistributor.Item[](accounts.length);
        bytes32[][] memory proofs = new bytes32[][](accounts.length);
        uint256 length = 0;
        for (uint256 i = 0; i < accounts.length; ++i) {
            proofs[i] = _proof(accounts[i]);
            length += proofs[i].length;
            items[i] = IRewardDistributor.Item(accounts[i], amounts[i], proofs[i].length);
        }
        siblings = new bytes32[](length);
        uint256 place = 0;
        for (uint256 i = 0; i < proofs.length; ++i) {
            for (uint256 j = 0; j < proofs[i].length; ++j) {
                siblings[place++] = proofs[i][j];
            }
        }
    }
}

/// @title Claims in tokens
contract RewardTokenClaimsTest is Payouts {
    PlainToken private token;
    RewardDistributor private distributor;

    function setUp() external {
        _names();
        token = new PlainToken();
        _use(token);
    }

    function _use(PlainToken used) private {
        token = used;
        distributor = _deploy(address(used), address(0), 1);
        used.mint(address(this), 1000);
        used.approve(address(distributor), type(uint256).max);
        if (accounts.length == 0) {
            _earn(alice, 50);
            _earn(bob, 30);
        }
    }

    function test_paysTokens() external {
        distributor.fund(100);
        vm.assertEq(distributor.funded(), 100);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        vm.prank(alice);
        distributor.claim(50, proof);
        vm.assertEq(token.balanceOf(alice), 50);
        proof = _proof(bob);
        distributor.claimFor(bob, 30, proof);
        vm.assertEq(token.balanceOf(bob), 30);
        vm.assertEq(token.balanceOf(address(distributor)), 20);
    }

    function test_takesNoCoins() external {
        vm.deal(address(this), 10);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, 1, 0));
        distributor.fund{value: 1}(1);
        (bool taken, bytes memory why) = address(distributor).call{value: 1}("");
        vm.assertFalse(taken);
        vm.assertEq(why, abi.encodeWithSelector(Asset.WrongValue.selector, 1, 0));
        vm.deal(updater, 1);
        vm.prank(updater);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, 1, 0));
        distributor.postRoot{value: 1}(1, tree[0], 0, 0);
    }

    function test_takesNoTokensThatWereNotApproved() external {
        vm.prank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(distributor), 0, 1)
        );
        distributor.fund(1);
    }

    function test_countsNoTokensThatWereSent() external {
        token.transfer(address(distributor), 100);
        vm.assertEq(distributor.funded(), 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotFunded.selector, 80, 0));
        _post(distributor, 1);
    }

    function test_refusesATokenThatTakesAFee() external {
        _use(new FeeToken());
        vm.expectRevert(abi.encodeWithSelector(Asset.InexactTransfer.selector, 99, 100));
        distributor.fund(100);
    }

    function test_countsNothingTwiceThatATokenCallsBackFor() external {
        CallbackToken hooked = new CallbackToken();
        _use(hooked);
        hooked.mint(address(hooked), 100);
        vm.prank(address(hooked));
        hooked.approve(address(distributor), 100);
        hooked.arm(address(distributor), abi.encodeCall(IRewardDistributor.fund, (100)));
        vm.expectRevert(abi.encodeWithSelector(Asset.InexactTransfer.selector, 200, 100));
        distributor.fund(100);
        vm.assertEq(distributor.funded(), 0);
    }

    function test_paysNothingTwiceThatATokenCallsBackFor() external {
        CallbackToken hooked = new CallbackToken();
        _use(hooked);
        distributor.fund(100);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        hooked.arm(address(distributor), abi.encodeCall(IRewardDistributor.claimFor, (alice, 50, proof)));
        distributor.claimFor(alice, 50, proof);
        vm.assertFalse(hooked.called());
        vm.assertEq(hooked.balanceOf(alice), 50);
    }

    function test_skipsInABatchWhatCannotBePaid() external {
        distributor.fund(80);
        _earn(stranger, 500);
        _post(distributor, 1, tree[0], 80);
        vm.warp(block.timestamp + DELAY);
        IRewardDistributor.Item[] memory items = new IRewardDistributor.Item[](1);
        bytes32[] memory proof = _proof(stranger);
        items[0] = IRewardDistributor.Item(stranger, 500, proof.length);
        vm.assertEq(distributor.claimMany(items, proof), 0);
        vm.assertEq(distributor.claimed(stranger), 0);
        items[0] = IRewardDistributor.Item(alice, 50, 0);
        proof = _proof(alice);
        items[0].depth = proof.length;
        vm.assertEq(distributor.claimMany(items, proof), 1);
        vm.assertEq(token.balanceOf(alice), 50);
    }

    function test_stakesTokens() external {
        Staking staking = _staking(address(token));
        token.mint(address(this), 200 ether);
        token.approve(address(staking), 1 ether);
        staking.fundRewards(1, 1 ether);
        distributor = _deploy(address(token), address(staking), 1);
        token.approve(address(distributor), 100 ether);
        distributor.fund(100 ether);
        _earn(alice, 2 ether);
        _postActive(distributor, 1);
        bytes32[] memory proof = _proof(alice);
        vm.prank(alice);
        uint256 id = distributor.claimToStake(1, 2 ether + 50, proof);
        vm.assertEq(staking.stakeOf(id).principal, 2 ether + 50);
        vm.assertEq(token.balanceOf(address(distributor)), 98 ether - 50);
        vm.assertEq(token.allowance(address(distributor), address(staking)), 0);
    }
}
