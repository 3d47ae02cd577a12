// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Asset} from "../../src/payouts/Asset.sol";
import {IPaymentChannel} from "../../src/payouts/IPaymentChannel.sol";
import {PaymentChannel} from "../../src/payouts/PaymentChannel.sol";
import {CallingBack, Refusing, SigningAccount} from "./support/Payees.sol";
import {Payouts} from "./support/Payouts.sol";
import {FeeToken, PlainToken} from "./support/Tokens.sol";

contract PaymentChannelTest is Payouts {
    bytes32 private constant SALT = "one";
    uint48 private constant WINDOW = 1 days;

    PaymentChannel private channels;
    bytes32 private id;

    function setUp() external {
        _names();
        channels = new PaymentChannel(address(0), WINDOW);
        vm.deal(alice, 100 ether);
        id = channels.idOf(alice, bob, SALT);
    }

    function test_boundsTheWindow() external {
        vm.assertEq(channels.disputeWindow(), WINDOW);
        vm.assertEq(channels.asset(), address(0));
        new PaymentChannel(address(0), 1 hours);
        new PaymentChannel(address(0), 30 days);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WindowOutOfRange.selector, 3599, 3600, 30 days));
        new PaymentChannel(address(0), 3599);
        vm.expectRevert(
            abi.encodeWithSelector(IPaymentChannel.WindowOutOfRange.selector, 30 days + 1, 3600, 30 days)
        );
        new PaymentChannel(address(0), 30 days + 1);
    }

    function test_namesAChannelByPayerPayeeAndSalt() external view {
        vm.assertEq(id, keccak256(abi.encode(alice, bob, SALT)));
    }

    /// @dev From the text of EIP-712, without the contract's own functions.
    function test_signsWhatTheStandardSays() external view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("OpenLedger PaymentChannel"),
                keccak256("1"),
                block.chainid,
                address(channels)
            )
        );
        bytes32 message = keccak256(abi.encode(keccak256("Voucher(bytes32 channel,uint256 cumulative)"), id, 7));
        vm.assertEq(channels.voucherDigest(id, 7), keccak256(abi.encodePacked(hex"1901", domain, message)));
    }

    function test_takesDeposits() external {
        vm.startPrank(alice);
        vm.expectEmit(address(channels));
        emit IPaymentChannel.Deposited(id, alice, bob, SALT, 3 ether);
        vm.assertEq(channels.deposit{value: 3 ether}(bob, SALT, 3 ether), id);
        channels.deposit{value: 2 ether}(bob, SALT, 2 ether);
        _assertState(5 ether, 0, 0, false);
        vm.expectRevert(IPaymentChannel.ZeroAddress.selector);
        channels.deposit{value: 1}(address(0), SALT, 1);
        vm.expectRevert(IPaymentChannel.NothingSent.selector);
        channels.deposit(bob, SALT, 0);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, 1, 2));
        channels.deposit{value: 1}(bob, SALT, 2);
        vm.deal(alice, 2 ** 97);
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, 2 ** 96));
        channels.deposit{value: 2 ** 96}(bob, SALT, 2 ** 96);
        vm.stopPrank();
        (bool taken,) = address(channels).call{value: 1}("");
        vm.assertFalse(taken);
    }

    function test_settlesTheLastVoucherForAll() external {
        _deposit(10 ether);
        vm.expectEmit(address(channels));
        emit IPaymentChannel.Settled(id, 4 ether);
        _settle(4 ether);
        vm.assertEq(bob.balance, 4 ether);
        _settle(6 ether);
        vm.assertEq(bob.balance, 6 ether);
        _assertState(10 ether, 6 ether, 0, false);
    }

    function test_settlesForTheCallerOfAnyKind() external {
        _deposit(10 ether);
        bytes memory signature = _sign("alice", id, 4 ether);
        vm.prank(stranger);
        channels.settle(alice, bob, SALT, 4 ether, signature);
        vm.assertEq(bob.balance, 4 ether);
        vm.assertEq(stranger.balance, 0);
    }

    function test_settlesNoVoucherTwiceNorAnOlderOne() external {
        _deposit(10 ether);
        _settle(4 ether);
        _refusesToSettle(4 ether, abi.encodeWithSelector(IPaymentChannel.NothingToSettle.selector, id, 4 ether, 4 ether));
        _refusesToSettle(3 ether, abi.encodeWithSelector(IPaymentChannel.NothingToSettle.selector, id, 3 ether, 4 ether));
        vm.assertEq(bob.balance, 4 ether);
    }

    function test_paysWhatIsThereAndTheRestAfterADeposit() external {
        _deposit(3 ether);
        _settle(4 ether);
        vm.assertEq(bob.balance, 3 ether);
        _refusesToSettle(5 ether, abi.encodeWithSelector(IPaymentChannel.NothingToSettle.selector, id, 5 ether, 3 ether));
        _deposit(3 ether);
        _settle(4 ether);
        vm.assertEq(bob.balance, 4 ether);
    }

    function test_settlesNothingOfAnotherChannel() external {
        _deposit(10 ether);
        vm.prank(alice);
        bytes32 other = channels.deposit{value: 10 ether}(bob, "two", 10 ether);
        bytes memory signature = _sign("alice", other, 4 ether);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, id, 4 ether));
        channels.settle(alice, bob, SALT, 4 ether, signature);
        signature = _sign("alice", id, 4 ether);
        vm.expectRevert(
            abi.encodeWithSelector(
                IPaymentChannel.NothingToSettle.selector, channels.idOf(alice, stranger, SALT), 4 ether, 0
            )
        );
        channels.settle(alice, stranger, SALT, 4 ether, signature);
    }

    function test_settlesNothingOfAnotherContractOrChain() external {
        _deposit(10 ether);
        PaymentChannel others = new PaymentChannel(address(0), WINDOW);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256("alice")), others.voucherDigest(id, 4 ether));
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, id, 4 ether));
        channels.settle(alice, bob, SALT, 4 ether, abi.encodePacked(r, s, v));
        bytes memory signature = _sign("alice", id, 4 ether);
        vm.chainId(161_201);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, id, 4 ether));
        channels.settle(alice, bob, SALT, 4 ether, signature);
    }

    function test_settlesNothingThatThePayerDidNotSign(uint256 key, uint256 where) external {
        _deposit(10 ether);
        key = _bound(key, 1, 2 ** 128);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, channels.voucherDigest(id, 4 ether));
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, id, 4 ether));
        channels.settle(alice, bob, SALT, 4 ether, abi.encodePacked(r, s, v));
        bytes memory signature = _sign("alice", id, 4 ether);
        signature[where % 65] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, id, 4 ether));
        channels.settle(alice, bob, SALT, 4 ether, signature);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, id, 4 ether));
        channels.settle(alice, bob, SALT, 4 ether, "");
    }

    function test_settlesNoMirroredSignature() external {
        _deposit(10 ether);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256("alice")), channels.voucherDigest(id, 4 ether));
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, id, 4 ether));
        channels.settle(alice, bob, SALT, 4 ether, abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? 28 : 27));
    }

    function test_settlesNothingOfTheZeroAddress() external {
        // whose signature is what a failed recovery yields
        vm.deal(address(0), 1 ether);
        vm.prank(address(0));
        channels.deposit{value: 1 ether}(bob, SALT, 1 ether);
        bytes32 zeros = channels.idOf(address(0), bob, SALT);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, zeros, 1 ether));
        channels.settle(address(0), bob, SALT, 1 ether, new bytes(65));
    }

    function test_settlesVouchersOfAccountsWithCode() external {
        SigningAccount account = new SigningAccount(alice);
        vm.prank(alice);
        account.run{value: 5 ether}(
            address(channels), abi.encodeCall(IPaymentChannel.deposit, (bob, SALT, 5 ether))
        );
        bytes32 channel = channels.idOf(address(account), bob, SALT);
        channels.settle(address(account), bob, SALT, 2 ether, _sign("alice", channel, 2 ether));
        vm.assertEq(bob.balance, 2 ether);
        bytes memory wrong = _sign("bob", channel, 3 ether);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.WrongSignature.selector, channel, 3 ether));
        channels.settle(address(account), bob, SALT, 3 ether, wrong);
    }

    function test_letsThePayeeSettleInTheWindowAndThePayerTakeTheRestAfterIt() external {
        _deposit(10 ether);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.NotClosed.selector, id, 0));
        channels.finish(bob, SALT);
        vm.expectEmit(address(channels));
        emit IPaymentChannel.Closing(id, uint48(START) + WINDOW);
        channels.requestClose(bob, SALT);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.ChannelClosing.selector, id, START + WINDOW));
        channels.requestClose(bob, SALT);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.ChannelClosing.selector, id, START + WINDOW));
        channels.deposit{value: 1}(bob, SALT, 1);
        vm.warp(START + WINDOW - 1);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.NotClosed.selector, id, START + WINDOW));
        channels.finish(bob, SALT);
        vm.stopPrank();
        _settle(4 ether);
        vm.warp(START + WINDOW);
        vm.startPrank(alice);
        vm.expectEmit(address(channels));
        emit IPaymentChannel.Finished(id, 6 ether);
        channels.finish(bob, SALT);
        vm.assertEq(alice.balance, 96 ether);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.ChannelFinished.selector, id));
        channels.finish(bob, SALT);
        vm.stopPrank();
        _assertState(10 ether, 4 ether, uint48(START) + WINDOW, true);
    }

    function test_settlesAfterTheWindowAsLongAsTheRestIsThere() external {
        _deposit(10 ether);
        vm.prank(alice);
        channels.requestClose(bob, SALT);
        vm.warp(START + 10 * WINDOW);
        _settle(4 ether);
        vm.prank(alice);
        channels.finish(bob, SALT);
        _refusesToSettle(5 ether, abi.encodeWithSelector(IPaymentChannel.ChannelFinished.selector, id));
        vm.assertEq(bob.balance, 4 ether);
    }

    function test_staysClosed() external {
        _deposit(10 ether);
        vm.prank(bob);
        channels.close(alice, SALT);
        vm.startPrank(alice);
        channels.finish(bob, SALT);
        // a voucher that was never settled would count again if the name were used again
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.ChannelFinished.selector, id));
        channels.deposit{value: 1 ether}(bob, SALT, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.ChannelFinished.selector, id));
        channels.requestClose(bob, SALT);
        vm.stopPrank();
        vm.prank(bob);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.ChannelFinished.selector, id));
        channels.close(alice, SALT);
    }

    function test_letsThePayeeCloseAtOnce() external {
        _deposit(10 ether);
        _settle(4 ether);
        vm.prank(alice);
        channels.requestClose(bob, SALT);
        vm.prank(bob);
        vm.expectEmit(address(channels));
        emit IPaymentChannel.Closing(id, uint48(START));
        channels.close(alice, SALT);
        vm.prank(alice);
        channels.finish(bob, SALT);
        vm.assertEq(alice.balance, 96 ether);
        vm.assertEq(address(channels).balance, 0);
    }

    function test_letsNobodyElseClose() external {
        _deposit(10 ether);
        vm.startPrank(stranger);
        bytes32 other = channels.idOf(alice, stranger, SALT);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.UnknownChannel.selector, other));
        channels.close(alice, SALT);
        other = channels.idOf(stranger, bob, SALT);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.UnknownChannel.selector, other));
        channels.requestClose(bob, SALT);
        vm.expectRevert(abi.encodeWithSelector(IPaymentChannel.NotClosed.selector, other, 0));
        channels.finish(bob, SALT);
        vm.stopPrank();
    }

    function test_closesThoughThePayerTakesNoCoins() external {
        address refusing = address(new Refusing());
        vm.deal(refusing, 5 ether);
        vm.prank(refusing);
        channels.deposit{value: 5 ether}(bob, SALT, 5 ether);
        vm.prank(bob);
        channels.close(refusing, SALT);
        vm.prank(refusing);
        vm.expectRevert(abi.encodeWithSelector(Asset.NativeTransferFailed.selector, refusing, 5 ether));
        channels.finish(bob, SALT);
    }

    function test_paysNothingTwiceWhoCallsBack() external {
        CallingBack payee = new CallingBack();
        vm.startPrank(alice);
        bytes32 channel = channels.deposit{value: 5 ether}(address(payee), SALT, 5 ether);
        channels.deposit{value: 50 ether}(bob, SALT, 50 ether);
        vm.stopPrank();
        bytes memory signature = _sign("alice", channel, 2 ether);
        bytes memory call = abi.encodeCall(IPaymentChannel.settle, (alice, address(payee), SALT, 2 ether, signature));
        payee.arm(address(channels), call);
        payee.run(address(channels), call);
        vm.assertEq(payee.calls(), 1);
        vm.assertFalse(payee.succeeded());
        vm.assertEq(address(payee).balance, 2 ether);

        CallingBack payer = new CallingBack();
        vm.deal(address(this), 9 ether);
        payer.run{value: 9 ether}(
            address(channels), abi.encodeCall(IPaymentChannel.deposit, (bob, SALT, 9 ether))
        );
        vm.prank(bob);
        channels.close(address(payer), SALT);
        call = abi.encodeCall(IPaymentChannel.finish, (bob, SALT));
        payer.arm(address(channels), call);
        payer.run(address(channels), call);
        vm.assertFalse(payer.succeeded());
        vm.assertEq(address(payer).balance, 9 ether);
    }

    function test_paysTokens() external {
        PlainToken token = new PlainToken();
        channels = new PaymentChannel(address(token), WINDOW);
        token.mint(alice, 10);
        vm.startPrank(alice);
        token.approve(address(channels), 10);
        channels.deposit(bob, SALT, 10);
        vm.expectRevert(abi.encodeWithSelector(Asset.WrongValue.selector, 1, 0));
        channels.deposit{value: 1}(bob, SALT, 1);
        vm.stopPrank();
        _settle(4);
        vm.assertEq(token.balanceOf(bob), 4);
        vm.prank(bob);
        channels.close(alice, SALT);
        vm.prank(alice);
        channels.finish(bob, SALT);
        vm.assertEq(token.balanceOf(alice), 6);
        FeeToken fee = new FeeToken();
        channels = new PaymentChannel(address(fee), WINDOW);
        fee.mint(alice, 100);
        vm.startPrank(alice);
        fee.approve(address(channels), 100);
        vm.expectRevert(abi.encodeWithSelector(Asset.InexactTransfer.selector, 99, 100));
        channels.deposit(bob, SALT, 100);
        vm.stopPrank();
    }

    function _deposit(uint256 amount) private {
        vm.prank(alice);
        channels.deposit{value: amount}(bob, SALT, amount);
    }

    function _settle(uint256 cumulative) private {
        bytes memory signature = _sign("alice", id, cumulative);
        channels.settle(alice, bob, SALT, cumulative, signature);
    }

    function _refusesToSettle(uint256 cumulative, bytes memory refusal) private {
        bytes memory signature = _sign("alice", id, cumulative);
        vm.expectRevert(refusal);
        channels.settle(alice, bob, SALT, cumulative, signature);
    }

    function _sign(string memory name, bytes32 channel, uint256 cumulative) private view returns (bytes memory) {
        bytes32 digest = channels.voucherDigest(channel, cumulative);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(uint256(keccak256(bytes(name))), digest);
        return abi.encodePacked(r, s, v);
    }

    function _assertState(uint256 deposited, uint256 settled, uint48 closesAt, bool finished) private view {
        IPaymentChannel.State memory state = channels.stateOf(id);
        vm.assertEq(state.deposit, deposited);
        vm.assertEq(state.settled, settled);
        vm.assertEq(state.closesAt, closesAt);
        vm.assertEq(state.finished, finished);
    }
}
