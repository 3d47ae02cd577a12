// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title Wrapped OPEN, on the rollup
/// @notice The native coin as an ERC-20, one for one, 18 decimals, for contracts that know tokens only. Whoever holds it
///   can unwrap it at any time; there is no owner. The contract's balance is never below the total supply. It is above it
///   when coins were forced into it (by a self-destructing contract or as a block's fees): those belong to nobody.
/// @dev Behaves as the public WOPEN does where its callers can tell: amounts of zero are no error, an owner's own
///   `transferFrom` needs no approval, and there is no fallback, so that a call of a function that it has not
///   (`permit`) fails instead of passing silently.
contract WOPEN is ERC20 {
    /// @notice `wad` wei were wrapped for `dst`.
    event Deposit(address indexed dst, uint256 wad);

    /// @notice `wad` wei were unwrapped for `src`.
    event Withdrawal(address indexed src, uint256 wad);

    /// @notice The receiver of an unwrapped amount did not take it.
    error NativeTransferFailed(address to, uint256 wad);

    constructor() ERC20("Wrapped Open", "WOPEN") {}

    /// @notice Wraps what is sent without call data.
    receive() external payable {
        deposit();
    }

    /// @notice Wraps the call's value for the caller. Zero is allowed.
    function deposit() public payable {
        _mint(msg.sender, msg.value);
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Unwraps `wad` wei of the caller's.
    /// @param wad up to the caller's balance (`ERC20InsufficientBalance`); zero is allowed
    function withdraw(uint256 wad) external {
        // burnt before anything is called: who calls back finds the balance reduced
        _burn(msg.sender, wad);
        emit Withdrawal(msg.sender, wad);
        (bool sent,) = msg.sender.call{value: wad}("");
        if (!sent) {
            revert NativeTransferFailed(msg.sender, wad);
        }
    }

    /// @inheritdoc ERC20
    function transferFrom(address from, address to, uint256 value) public override returns (bool) {
        if (from == msg.sender) {
            _transfer(from, to, value);
            return true;
        }
        return super.transferFrom(from, to, value);
    }

    /// @dev Tokens that are sent to their own contract can never be moved again: refused.
    function _update(address from, address to, uint256 value) internal override {
        if (to == address(this)) {
            revert ERC20InvalidReceiver(to);
        }
        super._update(from, to, value);
    }
}
