// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistrations} from "./IRegistrations.sol";

/// @title Entries with a root and a licence for each version
/// @notice What an entry was at a version is anchored once and never changes. Versions rise and may leave some out: not
///   every change is worth a transaction. A licence is kept as a digest; it stays that of the versions after, until
///   another is anchored.
interface IVersionedRoots is IRegistrations {
    /// @notice A version is zero, or not above the last one.
    error VersionNotNewer(bytes32 id, uint64 version, uint64 latest);

    /// @notice A root is not zero.
    error RootMissing(bytes32 id, uint64 version);

    /// @notice What is registered has a licence.
    error LicenceMissing(bytes32 id, uint64 version);

    /// @notice The last version that was anchored, 0 if none was.
    function latestVersion(bytes32 id) external view returns (uint64);

    /// @notice What was anchored for a version.
    /// @return root zero if nothing was: check it
    /// @return size of what the root stands for, in the entry's unit
    /// @return licenceDigest SHA-256 of the licence's canonical text
    /// @return anchoredAt seconds since 1970
    function versionOf(bytes32 id, uint64 version)
        external
        view
        returns (bytes32 root, uint64 size, bytes32 licenceDigest, uint48 anchoredAt);
}
