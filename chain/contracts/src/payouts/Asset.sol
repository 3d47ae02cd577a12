// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title What a contract pays with: the native coin, or one ERC-20
/// @notice The zero address means the native coin. Amounts are in the asset's smallest unit (wei).
/// @dev A token must move exactly the amount that it was asked to move: one that takes a fee is refused when it comes in.
///   That also makes a token that calls back harmless: what comes in through a nested call is not counted twice, because
///   the outer call then finds more than it asked for. Tokens whose balances change by themselves are not for these
///   contracts.
library Asset {
    using SafeERC20 for IERC20;

    /// @notice The coins that came with the call are not the stated amount, or came for a token.
    error WrongValue(uint256 sent, uint256 expected);

    /// @notice A token moved another amount than it was asked to.
    error InexactTransfer(uint256 received, uint256 expected);

    /// @notice The receiver of native coins did not take them, or there are not as many.
    error NativeTransferFailed(address to, uint256 amount);

    /// @dev Takes an amount from the caller: its coins came with the call, its tokens were approved.
    function take(address asset, uint256 amount) internal {
        if (asset == address(0)) {
            if (msg.value != amount) {
                revert WrongValue(msg.value, amount);
            }
            return;
        }
        if (msg.value != 0) {
            revert WrongValue(msg.value, 0);
        }
        uint256 before = IERC20(asset).balanceOf(address(this));
        IERC20(asset).safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = IERC20(asset).balanceOf(address(this)) - before;
        if (received != amount) {
            revert InexactTransfer(received, amount);
        }
    }

    /// @dev Pays, or fails. All effects must have been written.
    function send(address asset, address to, uint256 amount) internal {
        if (asset != address(0)) {
            IERC20(asset).safeTransfer(to, amount);
            return;
        }
        bool sent;
        // what the receiver returns is not copied: it could be made long to burn the caller's gas
        assembly ("memory-safe") {
            sent := call(gas(), to, amount, 0, 0, 0, 0)
        }
        if (!sent) {
            revert NativeTransferFailed(to, amount);
        }
    }

    /// @dev Pays with at most so much gas for a native receiver, or says that it could not. All effects must have been
    ///   written; where it could not, nothing that was called had an effect.
    function trySend(address asset, address to, uint256 amount, uint256 gasLimit) internal returns (bool sent) {
        if (asset != address(0)) {
            return IERC20(asset).trySafeTransfer(to, amount);
        }
        assembly ("memory-safe") {
            sent := call(gasLimit, to, amount, 0, 0, 0, 0)
        }
    }
}
