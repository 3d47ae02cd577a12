// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVersionedRoots} from "./IVersionedRoots.sol";

/// @title What datanets held, version by version
/// @notice A datanet's version is the number of its changes; its root is the Merkle root over all contributions ever
///   accepted, in order of acceptance (SHA-256, RFC 6962); its size is their number, which never falls: a retraction
///   retracts a contribution, it does not take its leaf out of the tree.
interface IDatanetRegistry is IVersionedRoots {
    /// @notice A version to anchor, see {anchor}.
    struct Anchoring {
        bytes32 id;
        uint64 version;
        bytes32 root;
        uint64 contributions;
        bytes32 licenceDigest;
    }

    /// @notice A version was anchored.
    event DatanetAnchored(
        bytes32 indexed id, uint64 indexed version, bytes32 root, uint64 contributions, bytes32 licenceDigest
    );

    /// @notice A version has fewer contributions than the one before.
    error ContributionsShrank(bytes32 id, uint64 contributions, uint64 before);

    /// @notice Registers a datanet for the caller.
    /// @param salt the caller's own name for it, the SHA-256 of the datanet's name for example; new to the caller
    ///   (`AlreadyRegistered`)
    /// @return id its id, {idOf} the caller and the salt
    function register(bytes32 salt) external returns (bytes32 id);

    /// @notice Anchors a version. Only the owner and publishers (`NotPublisher`, `NotRegistered`).
    /// @param version above the last (`VersionNotNewer`)
    /// @param root of its contributions, not zero (`RootMissing`)
    /// @param contributions ever accepted, not fewer than before (`ContributionsShrank`)
    /// @param licenceDigest SHA-256 of the licences' canonical list, not zero (`LicenceMissing`)
    function anchor(bytes32 id, uint64 version, bytes32 root, uint64 contributions, bytes32 licenceDigest) external;

    /// @notice Anchors 1 to 100 versions (`BatchOutOfRange`), all or none, in order: a datanet may be there more than once.
    function anchorMany(Anchoring[] calldata batch) external;
}
