// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVersionedRoots} from "./IVersionedRoots.sol";

/// @title What models were, version by version, and what they were made of
/// @notice A model is a base model, or an adapter on one. A version's root is the digest over the files that define it,
///   its size is their bytes together. What a version was trained with is a digest too, over the datanets and their
///   versions; zero says that nobody stated it.
interface IModelRegistry is IVersionedRoots {
    /// @notice A version to anchor, see {anchor}.
    struct Anchoring {
        bytes32 id;
        uint64 version;
        bytes32 root;
        uint64 size;
        bytes32 licenceDigest;
        bytes32 trainedWith;
    }

    /// @notice A model was registered; a base model's base is zero.
    event ModelRegistered(bytes32 indexed id, bytes32 indexed base);

    /// @notice A version was anchored.
    event ModelAnchored(
        bytes32 indexed id,
        uint64 indexed version,
        bytes32 root,
        uint64 size,
        bytes32 licenceDigest,
        bytes32 trainedWith
    );

    /// @notice An adapter is put on a base model, not on an adapter.
    error NotABaseModel(bytes32 base);

    /// @notice Registers a base model for the caller.
    /// @param salt the caller's own name for it; new to the caller (`AlreadyRegistered`)
    /// @return id its id, {idOf} the caller and the salt
    function registerBase(bytes32 salt) external returns (bytes32 id);

    /// @notice Registers an adapter for the caller. Anyone may register one on any base model.
    /// @param salt as for a base model; both share the caller's names
    /// @param base the id of a base model (`NotRegistered`, `NotABaseModel`)
    function registerAdapter(bytes32 salt, bytes32 base) external returns (bytes32 id);

    /// @notice The base model of an adapter; zero for a base model. `NotRegistered`.
    function baseOf(bytes32 id) external view returns (bytes32);

    /// @notice What a version was trained with; zero if nobody stated it or there is no such version.
    function trainedWith(bytes32 id, uint64 version) external view returns (bytes32);

    /// @notice Anchors a version. Only the owner and publishers (`NotPublisher`, `NotRegistered`).
    /// @param version above the last (`VersionNotNewer`)
    /// @param root digest over the files, not zero (`RootMissing`)
    /// @param size of the files together, in bytes
    /// @param licenceDigest SHA-256 of the licence's text, not zero (`LicenceMissing`)
    /// @param trainedWith_ digest over the datanets and versions it was trained with; zero: not stated
    function anchor(
        bytes32 id,
        uint64 version,
        bytes32 root,
        uint64 size,
        bytes32 licenceDigest,
        bytes32 trainedWith_
    ) external;

    /// @notice Anchors 1 to 100 versions (`BatchOutOfRange`), all or none, in order: a model may be there more than once.
    function anchorMany(Anchoring[] calldata batch) external;
}
