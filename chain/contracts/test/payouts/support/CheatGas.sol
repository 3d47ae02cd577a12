// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title More of forge's cheat codes: what a call that was a transaction of its own has cost
interface CheatGas {
    struct Gas {
        uint64 gasLimit;
        uint64 gasTotalUsed;
        uint64 gasMemoryUsed;
        int64 gasRefunded;
        uint64 gasRemaining;
    }

    function lastCallGas() external view returns (Gas memory);
    function snapshotValue(string calldata group, string calldata name, uint256 value) external;
}
