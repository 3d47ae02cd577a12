// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Votes} from "@openzeppelin/contracts/governance/utils/Votes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {GOPEN} from "../../src/token/GOPEN.sol";
import {Permits} from "../support/Permits.sol";
import {GreedyReceiver, IWrapper, PatientReceiver, RefusingReceiver} from "../support/Receivers.sol";
import {Test} from "../support/Test.sol";
import {WrapperHandler} from "../support/WrapperHandler.sol";

contract GOPENTest is Permits {
    address private alice;
    address private bob;
    GOPEN private token;

    function setUp() external {
        vm.warp(1_000_000);
        alice = _account("alice");
        bob = _account("bob");
        vm.deal(alice, 100 ether);
        vm.deal(bob, 100 ether);
        token = new GOPEN();
    }

    function test_hasTheNamesOfThePublicToken() external view {
        vm.assertEq(token.name(), "GOpen");
        vm.assertEq(token.symbol(), "GOPEN");
        vm.assertEq(token.decimals(), 18);
        vm.assertEq(token.totalSupply(), 0);
    }

    function test_wrapsOneForOne(uint256 any) external {
        uint256 amount = _bound(any, 1, 100 ether);
        vm.expectEmit(address(token));
        emit GOPEN.Deposit(alice, amount);
        vm.prank(alice);
        token.deposit{value: amount}();
        vm.assertEq(token.balanceOf(alice), amount);
        vm.assertEq(address(token).balance, amount);
    }

    function test_wrapsWhatIsSentWithoutData() external {
        vm.expectEmit(address(token));
        emit GOPEN.Deposit(alice, 3);
        vm.prank(alice);
        (bool taken,) = address(token).call{value: 3}("");
        vm.assertTrue(taken);
        vm.assertEq(token.balanceOf(alice), 3);
    }

    function test_refusesCoinsWithDataThatIsNoFunction() external {
        vm.prank(alice);
        (bool taken,) = address(token).call{value: 3}(hex"1234");
        vm.assertFalse(taken);
    }

    function test_refusesZero() external {
        vm.expectRevert(GOPEN.ZeroValueNotAllowed.selector);
        token.deposit();
        vm.expectRevert(GOPEN.ZeroValueNotAllowed.selector);
        token.withdraw(0);
        (bool taken, bytes memory why) = address(token).call("");
        vm.assertFalse(taken);
        vm.assertEq(why, abi.encodeWithSelector(GOPEN.ZeroValueNotAllowed.selector));
    }

    function test_unwrapsOneForOne(uint256 any) external {
        uint256 amount = _bound(any, 1, 10 ether);
        vm.prank(alice);
        token.deposit{value: 10 ether}();
        vm.expectEmit(address(token));
        emit GOPEN.Withdrawal(alice, amount);
        vm.prank(alice);
        token.withdraw(amount);
        vm.assertEq(token.balanceOf(alice), 10 ether - amount);
        vm.assertEq(alice.balance, 90 ether + amount);
        vm.assertEq(address(token).balance, 10 ether - amount);
    }

    function test_refusesToUnwrapMoreThanTheBalance() external {
        vm.prank(alice);
        token.deposit{value: 1}();
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 1, 2));
        vm.prank(alice);
        token.withdraw(2);
    }

    function test_saysInThePublicTokensWordsThatNobodyTookIt() external {
        RefusingReceiver receiver = new RefusingReceiver();
        vm.expectRevert(bytes("Failed to send native currency"));
        receiver.run{value: 1 ether}(IWrapper(address(token)));
    }

    function test_paysNoReceiverTwiceThatCallsBack() external {
        vm.prank(alice);
        token.deposit{value: 5 ether}();
        GreedyReceiver greedy = new GreedyReceiver();
        vm.expectRevert(bytes("Failed to send native currency"));
        greedy.run{value: 1 ether}(IWrapper(address(token)));

        PatientReceiver patient = new PatientReceiver();
        patient.run{value: 1 ether}(IWrapper(address(token)));
        vm.assertEq(patient.failures(), 1);
        vm.assertEq(address(patient).balance, 1 ether);
        vm.assertEq(address(token).balance, 5 ether);
        vm.assertEq(token.totalSupply(), 5 ether);
    }

    function test_refusesTokensForItself() external {
        vm.startPrank(alice);
        token.deposit{value: 5}();
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token)));
        token.transfer(address(token), 1);
        vm.stopPrank();
    }

    function test_readsTheTimeInSeconds() external {
        vm.warp(1_234_567);
        vm.assertEq(token.clock(), 1_234_567);
        vm.assertEq(token.CLOCK_MODE(), "mode=timestamp");
    }

    function test_countsVotesOnceTheyAreDelegated() external {
        vm.startPrank(alice);
        token.deposit{value: 10}();
        vm.assertEq(token.getVotes(alice), 0);
        token.delegate(alice);
        vm.assertEq(token.getVotes(alice), 10);
        vm.assertEq(token.numCheckpoints(alice), 1);
        token.delegate(bob);
        vm.stopPrank();
        vm.assertEq(token.getVotes(alice), 0);
        vm.assertEq(token.getVotes(bob), 10);
        vm.assertEq(token.delegates(alice), bob);
    }

    function test_movesVotesWithTransfersAndUnwrapping() external {
        vm.startPrank(alice);
        token.deposit{value: 10}();
        token.delegate(alice);
        token.transfer(bob, 4);
        vm.assertEq(token.getVotes(alice), 6);
        token.withdraw(1);
        vm.stopPrank();
        vm.assertEq(token.getVotes(alice), 5);
        vm.assertEq(token.getVotes(bob), 0);
    }

    function test_remembersVotesAndSupplyOfThePast() external {
        vm.startPrank(alice);
        token.delegate(alice);
        token.deposit{value: 10}();
        vm.warp(1_000_010);
        token.deposit{value: 5}();
        vm.warp(1_000_020);
        token.withdraw(12);
        vm.stopPrank();
        vm.assertEq(token.getPastVotes(alice, 999_999), 0);
        vm.assertEq(token.getPastVotes(alice, 1_000_000), 10);
        vm.assertEq(token.getPastVotes(alice, 1_000_009), 10);
        vm.assertEq(token.getPastVotes(alice, 1_000_010), 15);
        vm.assertEq(token.getPastTotalSupply(1_000_019), 15);
        vm.expectRevert(abi.encodeWithSelector(Votes.ERC5805FutureLookup.selector, 1_000_020, 1_000_020));
        token.getPastVotes(alice, 1_000_020);
    }

    function test_countsNoVotesThatWereThereForLessThanABlock() external {
        vm.startPrank(alice);
        token.delegate(alice);
        token.deposit{value: 10 ether}();
        token.withdraw(10 ether);
        vm.stopPrank();
        vm.warp(1_000_001);
        vm.assertEq(token.getPastVotes(alice, 1_000_000), 0);
        vm.assertEq(token.getPastTotalSupply(1_000_000), 0);
    }

    function test_takesASignedApprovalOnce() external {
        _checkPermit(address(token), "GOpen");
    }

    function test_refusesALateApproval() external {
        _checkLatePermit(address(token));
    }

    function test_refusesAnApprovalThatAnotherSigned() external {
        _checkForgedPermit(address(token));
    }

    function test_takesASignedDelegationWithTheSameNonces() external {
        uint256 key = 0xCA201;
        address owner = vm.addr(key);
        bytes32 structure = keccak256(
            abi.encode(
                keccak256("Delegation(address delegatee,uint256 nonce,uint256 expiry)"), bob, 0, block.timestamp
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _typed(_domain(address(token), "GOpen"), structure));
        token.delegateBySig(bob, 0, block.timestamp, v, r, s);
        vm.assertEq(token.delegates(owner), bob);
        vm.assertEq(token.nonces(owner), 1);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IVotes.VotesExpiredSignature.selector, 1_000_000));
        token.delegateBySig(bob, 1, 1_000_000, v, r, s);
    }

    function test_countsNoForcedCoins() external {
        vm.prank(alice);
        token.deposit{value: 5}();
        vm.deal(address(token), 12);
        vm.assertEq(address(token).balance, 12);
        vm.assertEq(token.totalSupply(), 5);
    }
}

contract GOPENInvariantTest is Test {
    GOPEN private token;
    WrapperHandler private handler;

    function setUp() external {
        token = new GOPEN();
        handler = new WrapperHandler(address(token));
        // two of four delegate: the others' units are supply and no votes
        for (uint256 i = 0; i < 2; ++i) {
            address holder = handler.holders(i);
            vm.prank(holder);
            token.delegate(holder);
        }
        _target(address(handler), handler.selectors());
    }

    function invariant_everyUnitIsCovered() external view {
        vm.assertEq(address(token).balance, token.totalSupply() + handler.forced());
    }

    function invariant_booksAgree() external view {
        uint256 sum = 0;
        for (uint256 i = 0; i < handler.holderCount(); ++i) {
            address holder = handler.holders(i);
            vm.assertEq(token.balanceOf(holder), handler.expected(holder));
            sum += token.balanceOf(holder);
        }
        vm.assertEq(token.totalSupply(), sum);
        vm.assertEq(token.totalSupply(), handler.expectedSupply());
    }

    function invariant_votesAreWhatIsDelegated() external view {
        for (uint256 i = 0; i < handler.holderCount(); ++i) {
            address holder = handler.holders(i);
            vm.assertEq(token.getVotes(holder), i < 2 ? token.balanceOf(holder) : 0);
        }
    }
}
