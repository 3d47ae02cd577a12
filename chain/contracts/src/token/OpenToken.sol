// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title OPEN, on L1
/// @notice The ERC-20 that the rollup's native coin is bridged from. 18 decimals. All of it is minted once, here, and
///   nobody can mint more: no address has a role. Holders can burn theirs, and sign approvals (ERC-2612; the EIP-712
///   domain is "Open", version "1").
contract OpenToken is ERC20, ERC20Burnable, ERC20Permit {
    /// @notice The most that ever exists, in wei: one billion OPEN.
    uint256 public constant CAP = 1_000_000_000e18;

    /// @param recipient gets all of it; not the zero address (`ERC20InvalidReceiver`)
    constructor(address recipient) ERC20("Open", "OPEN") ERC20Permit("Open") {
        _mint(recipient, CAP);
    }
}
