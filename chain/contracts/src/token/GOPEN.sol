// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// @title The native coin with votes, on the rollup
/// @notice Wraps OPEN one for one, 18 decimals. A unit is a vote once its holder has delegated it, to themselves or to
///   another; until then it counts towards the supply, of which a quorum is a fraction, and not towards any vote. Votes
///   are looked up at a time in seconds (ERC-6372, `mode=timestamp`). Holders can sign approvals and delegations (the
///   EIP-712 domain is "GOpen", version "1"). Whoever holds it can unwrap it at any time; there is no owner.
/// @dev Transfers write checkpoints and cost more than WOPEN's: payments do not belong here.
contract GOPEN is ERC20, ERC20Permit, ERC20Votes {
    /// @notice `amt` wei were wrapped for `sender`.
    event Deposit(address indexed sender, uint256 amt);

    /// @notice `amt` wei were unwrapped for `sender`.
    event Withdrawal(address indexed sender, uint256 amt);

    /// @notice An amount of zero was wrapped or unwrapped.
    error ZeroValueNotAllowed();

    constructor() ERC20("GOpen", "GOPEN") ERC20Permit("GOpen") {}

    /// @notice Wraps what is sent without call data.
    receive() external payable {
        deposit();
    }

    /// @notice Wraps the call's value for the caller: above zero (`ZeroValueNotAllowed`).
    function deposit() public payable {
        if (msg.value == 0) {
            revert ZeroValueNotAllowed();
        }
        _mint(msg.sender, msg.value);
        emit Deposit(msg.sender, msg.value);
    }

    /// @notice Unwraps an amount of the caller's, in wei. Fails with the text "Failed to send native currency" when the
    ///   caller does not take it.
    /// @param amount above zero (`ZeroValueNotAllowed`), up to the caller's balance (`ERC20InsufficientBalance`)
    function withdraw(uint256 amount) external {
        if (amount == 0) {
            revert ZeroValueNotAllowed();
        }
        // burnt before anything is called: who calls back finds the balance reduced
        _burn(msg.sender, amount);
        emit Withdrawal(msg.sender, amount);
        (bool sent,) = msg.sender.call{value: amount}("");
        // a text and no error of ours: callers of the public contract of this name know this text
        require(sent, "Failed to send native currency");
    }

    /// @notice The time that votes are looked up by: seconds since 1970.
    function clock() public view override returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @notice How {clock} is read, as ERC-6372 writes it.
    // solhint-disable-next-line func-name-mixedcase
    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=timestamp";
    }

    /// @notice How many signatures of an owner were used, of approvals and delegations together.
    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @dev Tokens that are sent to their own contract can never be moved again, nor vote: refused.
    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        if (to == address(this)) {
            revert ERC20InvalidReceiver(to);
        }
        super._update(from, to, value);
    }
}
