// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Asset} from "./Asset.sol";
import {IPaymentChannel} from "./IPaymentChannel.sol";

/// @title Payments between agents by cumulative vouchers
/// @notice See {IPaymentChannel}, which is its documentation.
/// @dev A channel is one slot; who pays whom is in its name, which costs a hash instead of two more slots. No lock against
///   reentrancy: what is paid was counted before, and channels share nothing but the balance, of which each has its
///   deposit less what was settled.
contract PaymentChannel is IPaymentChannel, EIP712 {
    using SafeCast for uint256;

    bytes32 private constant _VOUCHER = keccak256("Voucher(bytes32 channel,uint256 cumulative)");
    uint48 private constant _MIN_WINDOW = 1 hours;
    uint48 private constant _MAX_WINDOW = 30 days;

    /// @inheritdoc IPaymentChannel
    address public immutable asset;

    /// @inheritdoc IPaymentChannel
    uint48 public immutable disputeWindow;

    mapping(bytes32 channel => State) private _states;

    /// @param asset_ the token, or the zero address for the native coin
    /// @param disputeWindow_ seconds, 1 hour to 30 days (`WindowOutOfRange`)
    constructor(address asset_, uint48 disputeWindow_) EIP712("OpenLedger PaymentChannel", "1") {
        if (disputeWindow_ < _MIN_WINDOW || disputeWindow_ > _MAX_WINDOW) {
            revert WindowOutOfRange(disputeWindow_, _MIN_WINDOW, _MAX_WINDOW);
        }
        asset = asset_;
        disputeWindow = disputeWindow_;
    }

    /// @inheritdoc IPaymentChannel
    function idOf(address payer, address payee, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(payer, payee, salt));
    }

    /// @inheritdoc IPaymentChannel
    function voucherDigest(bytes32 channel, uint256 cumulative) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(_VOUCHER, channel, cumulative)));
    }

    /// @inheritdoc IPaymentChannel
    function stateOf(bytes32 channel) external view returns (State memory) {
        return _states[channel];
    }

    /// @inheritdoc IPaymentChannel
    function deposit(address payee, bytes32 salt, uint256 amount) external payable returns (bytes32 channel) {
        if (payee == address(0)) {
            revert ZeroAddress();
        }
        if (amount == 0) {
            revert NothingSent();
        }
        Asset.take(asset, amount);
        channel = idOf(msg.sender, payee, salt);
        State storage state = _states[channel];
        _requireOpen(channel, state);
        state.deposit += amount.toUint96();
        emit Deposited(channel, msg.sender, payee, salt, amount);
    }

    /// @inheritdoc IPaymentChannel
    function settle(address payer, address payee, bytes32 salt, uint256 cumulative, bytes calldata signature)
        external
    {
        bytes32 channel = idOf(payer, payee, salt);
        State memory state = _states[channel];
        if (state.finished) {
            revert ChannelFinished(channel);
        }
        uint256 settled = cumulative < state.deposit ? cumulative : state.deposit;
        if (settled <= state.settled) {
            revert NothingToSettle(channel, cumulative, state.settled);
        }
        if (!_isSigned(payer, voucherDigest(channel, cumulative), signature)) {
            revert WrongSignature(channel, cumulative);
        }
        // not above the deposit, which has 96 bits
        _states[channel].settled = uint96(settled);
        emit Settled(channel, settled);
        Asset.send(asset, payee, settled - state.settled);
    }

    /// @inheritdoc IPaymentChannel
    function close(address payer, bytes32 salt) external {
        bytes32 channel = idOf(payer, msg.sender, salt);
        State storage state = _states[channel];
        _requireKnown(channel, state);
        if (state.finished) {
            revert ChannelFinished(channel);
        }
        // the window is the payee's, who ends it
        state.closesAt = uint48(block.timestamp);
        emit Closing(channel, uint48(block.timestamp));
    }

    /// @inheritdoc IPaymentChannel
    function requestClose(address payee, bytes32 salt) external {
        bytes32 channel = idOf(msg.sender, payee, salt);
        State storage state = _states[channel];
        _requireKnown(channel, state);
        _requireOpen(channel, state);
        uint48 closesAt = uint48(block.timestamp) + disputeWindow;
        state.closesAt = closesAt;
        emit Closing(channel, closesAt);
    }

    /// @inheritdoc IPaymentChannel
    function finish(address payee, bytes32 salt) external {
        bytes32 channel = idOf(msg.sender, payee, salt);
        State memory state = _states[channel];
        if (state.finished) {
            revert ChannelFinished(channel);
        }
        if (state.closesAt == 0 || block.timestamp < state.closesAt) {
            revert NotClosed(channel, state.closesAt);
        }
        _states[channel].finished = true;
        uint256 rest = state.deposit - state.settled;
        emit Finished(channel, rest);
        Asset.send(asset, msg.sender, rest);
    }

    /// @dev The recovery comes first: it costs less than asking whether the payer has code.
    function _isSigned(address payer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        (address recovered, ECDSA.RecoverError wrong,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (wrong == ECDSA.RecoverError.NoError && recovered == payer) {
            return true;
        }
        return SignatureChecker.isValidERC1271SignatureNow(payer, digest, signature);
    }

    function _requireKnown(bytes32 channel, State storage state) private view {
        if (state.deposit == 0) {
            revert UnknownChannel(channel);
        }
    }

    function _requireOpen(bytes32 channel, State storage state) private view {
        if (state.finished) {
            revert ChannelFinished(channel);
        }
        if (state.closesAt != 0) {
            revert ChannelClosing(channel, state.closesAt);
        }
    }
}
