// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {OpenToken} from "../../src/token/OpenToken.sol";
import {Permits} from "../support/Permits.sol";

contract OpenTokenTest is Permits {
    uint256 private constant BILLION = 1_000_000_000 * 10 ** 18;

    address private treasury;
    address private alice;
    address private bob;
    OpenToken private token;

    function setUp() external {
        treasury = _account("treasury");
        alice = _account("alice");
        bob = _account("bob");
        token = new OpenToken(treasury);
    }

    function test_hasTheNamesOfThePublicToken() external view {
        vm.assertEq(token.name(), "Open");
        vm.assertEq(token.symbol(), "OPEN");
        vm.assertEq(token.decimals(), 18);
    }

    function test_mintsABillionOnceToTheRecipient() external view {
        vm.assertEq(token.CAP(), BILLION);
        vm.assertEq(token.totalSupply(), BILLION);
        vm.assertEq(token.balanceOf(treasury), BILLION);
        vm.assertEq(token.balanceOf(address(this)), 0);
    }

    function test_refusesToMintToNobody() external {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        new OpenToken(address(0));
    }

    function test_hasNoFunctionThatMints() external {
        string[4] memory signatures =
            ["mint(address,uint256)", "mint(uint256)", "issue(uint256)", "mintTo(address,uint256)"];
        for (uint256 i = 0; i < signatures.length; ++i) {
            vm.prank(treasury);
            (bool called,) = address(token).call(abi.encodeWithSignature(signatures[i], treasury, 1));
            vm.assertFalse(called, signatures[i]);
        }
        vm.assertEq(token.totalSupply(), BILLION);
    }

    function test_transfersAndTellsIt(uint256 any) external {
        uint256 amount = _bound(any, 0, BILLION);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(treasury, alice, amount);
        vm.prank(treasury);
        token.transfer(alice, amount);
        vm.assertEq(token.balanceOf(alice), amount);
        vm.assertEq(token.balanceOf(treasury), BILLION - amount);
    }

    function test_refusesMoreThanTheBalance(uint256 any) external {
        uint256 amount = _bound(any, 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 0, amount));
        vm.prank(alice);
        token.transfer(bob, amount);
    }

    function test_transfersForAnotherWithinTheApproval() external {
        vm.prank(treasury);
        token.approve(alice, 10);
        vm.prank(alice);
        token.transferFrom(treasury, bob, 7);
        vm.assertEq(token.balanceOf(bob), 7);
        vm.assertEq(token.allowance(treasury, alice), 3);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, alice, 3, 4));
        vm.prank(alice);
        token.transferFrom(treasury, bob, 4);
    }

    function test_burnsTheHoldersOwn(uint256 any) external {
        uint256 amount = _bound(any, 0, BILLION);
        vm.expectEmit(address(token));
        emit IERC20.Transfer(treasury, address(0), amount);
        vm.prank(treasury);
        token.burn(amount);
        vm.assertEq(token.totalSupply(), BILLION - amount);
        vm.assertEq(token.balanceOf(treasury), BILLION - amount);
    }

    function test_refusesToBurnMoreThanTheBalance() external {
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, treasury, BILLION, BILLION + 1)
        );
        vm.prank(treasury);
        token.burn(BILLION + 1);
    }

    function test_burnsAnothersOnlyWithTheirApproval() external {
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, alice, 0, 1));
        vm.prank(alice);
        token.burnFrom(treasury, 1);
        vm.prank(treasury);
        token.approve(alice, 1);
        vm.prank(alice);
        token.burnFrom(treasury, 1);
        vm.assertEq(token.totalSupply(), BILLION - 1);
    }

    function test_takesASignedApprovalOnce() external {
        _checkPermit(address(token), "Open");
    }

    function test_refusesALateApproval() external {
        _checkLatePermit(address(token));
    }

    function test_refusesAnApprovalThatAnotherSigned() external {
        _checkForgedPermit(address(token));
    }
}
