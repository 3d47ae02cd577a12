// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {WOPEN} from "../../src/token/WOPEN.sol";
import {GreedyReceiver, IWrapper, PatientReceiver, RefusingReceiver} from "../support/Receivers.sol";
import {Test} from "../support/Test.sol";
import {WrapperHandler} from "../support/WrapperHandler.sol";

contract WOPENTest is Test {
    address private alice;
    address private bob;
    WOPEN private token;

    function setUp() external {
        alice = _account("alice");
        bob = _account("bob");
        vm.deal(alice, 100 ether);
        token = new WOPEN();
    }

    function test_hasTheNamesOfThePublicToken() external view {
        vm.assertEq(token.name(), "Wrapped Open");
        vm.assertEq(token.symbol(), "WOPEN");
        vm.assertEq(token.decimals(), 18);
        vm.assertEq(token.totalSupply(), 0);
    }

    function test_wrapsOneForOne(uint256 any) external {
        uint256 amount = _bound(any, 0, 100 ether);
        vm.expectEmit(address(token));
        emit WOPEN.Deposit(alice, amount);
        vm.prank(alice);
        token.deposit{value: amount}();
        vm.assertEq(token.balanceOf(alice), amount);
        vm.assertEq(token.totalSupply(), amount);
        vm.assertEq(address(token).balance, amount);
    }

    function test_wrapsWhatIsSentWithoutData() external {
        vm.expectEmit(address(token));
        emit WOPEN.Deposit(alice, 3);
        vm.prank(alice);
        (bool taken,) = address(token).call{value: 3}("");
        vm.assertTrue(taken);
        vm.assertEq(token.balanceOf(alice), 3);
    }

    function test_refusesCoinsWithDataThatIsNoFunction() external {
        vm.prank(alice);
        (bool taken,) = address(token).call{value: 3}(hex"1234");
        vm.assertFalse(taken);
        vm.assertEq(token.balanceOf(alice), 0);
    }

    function test_hasNoPermitThatPassesSilently() external {
        (bool called,) = address(token).call(
            abi.encodeWithSignature(
                "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", alice, bob, 1, 0, 0, 0, 0
            )
        );
        vm.assertFalse(called);
    }

    function test_unwrapsOneForOne(uint256 any) external {
        uint256 amount = _bound(any, 0, 10 ether);
        vm.prank(alice);
        token.deposit{value: 10 ether}();
        vm.expectEmit(address(token));
        emit WOPEN.Withdrawal(alice, amount);
        vm.prank(alice);
        token.withdraw(amount);
        vm.assertEq(token.balanceOf(alice), 10 ether - amount);
        vm.assertEq(alice.balance, 90 ether + amount);
        vm.assertEq(token.totalSupply(), 10 ether - amount);
    }

    function test_refusesToUnwrapMoreThanTheBalance() external {
        vm.prank(alice);
        token.deposit{value: 1}();
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 1, 2));
        vm.prank(alice);
        token.withdraw(2);
    }

    function test_unwrapsNothingForWhoDoesNotTakeIt() external {
        RefusingReceiver receiver = new RefusingReceiver();
        vm.expectRevert(abi.encodeWithSelector(WOPEN.NativeTransferFailed.selector, address(receiver), 1 ether));
        receiver.run{value: 1 ether}(IWrapper(address(token)));
        vm.assertEq(token.totalSupply(), 0);
    }

    function test_paysNoReceiverTwiceThatCallsBack() external {
        vm.prank(alice);
        token.deposit{value: 5 ether}();
        GreedyReceiver greedy = new GreedyReceiver();
        vm.expectRevert(abi.encodeWithSelector(WOPEN.NativeTransferFailed.selector, address(greedy), 1 ether));
        greedy.run{value: 1 ether}(IWrapper(address(token)));

        PatientReceiver patient = new PatientReceiver();
        patient.run{value: 1 ether}(IWrapper(address(token)));
        vm.assertEq(patient.failures(), 1);
        vm.assertEq(address(patient).balance, 1 ether);
        vm.assertEq(address(token).balance, 5 ether);
        vm.assertEq(token.totalSupply(), 5 ether);
    }

    function test_needsNoApprovalForOnesOwn() external {
        vm.prank(alice);
        token.deposit{value: 5}();
        vm.expectEmit(address(token));
        emit IERC20.Transfer(alice, bob, 5);
        vm.prank(alice);
        vm.assertTrue(token.transferFrom(alice, bob, 5));
        vm.assertEq(token.balanceOf(bob), 5);
    }

    function test_needsAnApprovalForAnothers() external {
        vm.startPrank(alice);
        token.deposit{value: 5}();
        token.approve(bob, 3);
        vm.stopPrank();
        vm.startPrank(bob);
        token.transferFrom(alice, bob, 2);
        vm.assertEq(token.allowance(alice, bob), 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, bob, 1, 2));
        token.transferFrom(alice, bob, 2);
        token.transferFrom(alice, bob, 0);
        vm.stopPrank();
    }

    function test_keepsAnUnlimitedApproval() external {
        vm.startPrank(alice);
        token.deposit{value: 5}();
        token.approve(bob, type(uint256).max);
        vm.stopPrank();
        vm.prank(bob);
        token.transferFrom(alice, bob, 5);
        vm.assertEq(token.allowance(alice, bob), type(uint256).max);
    }

    function test_refusesTokensForItself() external {
        vm.startPrank(alice);
        token.deposit{value: 5}();
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token)));
        token.transfer(address(token), 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token)));
        token.transferFrom(alice, address(token), 1);
        vm.stopPrank();
    }

    function test_countsNoForcedCoins() external {
        vm.prank(alice);
        token.deposit{value: 5}();
        vm.deal(address(token), 12);
        vm.assertEq(address(token).balance, 12);
        vm.assertEq(token.totalSupply(), 5);
    }
}

contract WOPENInvariantTest is Test {
    WOPEN private token;
    WrapperHandler private handler;

    function setUp() external {
        token = new WOPEN();
        handler = new WrapperHandler(address(token));
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
}
