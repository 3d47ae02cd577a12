// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IModelRegistry} from "./IModelRegistry.sol";
import {VersionedRoots} from "./VersionedRoots.sol";

/// @title What models were, version by version, and what they were made of
/// @notice See {IModelRegistry}, which is its documentation.
contract ModelRegistry is IModelRegistry, VersionedRoots {
    mapping(bytes32 id => bytes32) private _bases;
    mapping(bytes32 id => mapping(uint64 version => bytes32)) private _trainedWith;

    /// @inheritdoc IModelRegistry
    function registerBase(bytes32 salt) external returns (bytes32 id) {
        id = _register(salt);
        emit ModelRegistered(id, bytes32(0));
    }

    /// @inheritdoc IModelRegistry
    function registerAdapter(bytes32 salt, bytes32 base) external returns (bytes32 id) {
        _registered(base);
        if (_bases[base] != bytes32(0)) {
            revert NotABaseModel(base);
        }
        id = _register(salt);
        _bases[id] = base;
        emit ModelRegistered(id, base);
    }

    /// @inheritdoc IModelRegistry
    function baseOf(bytes32 id) external view returns (bytes32) {
        _registered(id);
        return _bases[id];
    }

    /// @inheritdoc IModelRegistry
    function trainedWith(bytes32 id, uint64 version) external view returns (bytes32) {
        return _trainedWith[id][version];
    }

    /// @inheritdoc IModelRegistry
    function anchor(
        bytes32 id,
        uint64 version,
        bytes32 root,
        uint64 size,
        bytes32 licenceDigest,
        bytes32 trainedWith_
    ) external {
        _anchorModel(id, version, root, size, licenceDigest, trainedWith_);
    }

    /// @inheritdoc IModelRegistry
    function anchorMany(Anchoring[] calldata batch) external {
        _requireBatch(batch.length);
        for (uint256 i = 0; i < batch.length; ++i) {
            Anchoring calldata item = batch[i];
            _anchorModel(item.id, item.version, item.root, item.size, item.licenceDigest, item.trainedWith);
        }
    }

    function _anchorModel(
        bytes32 id,
        uint64 version,
        bytes32 root,
        uint64 size,
        bytes32 licenceDigest,
        bytes32 trainedWith_
    ) private {
        _anchor(id, version, root, size, licenceDigest);
        if (trainedWith_ != bytes32(0)) {
            _trainedWith[id][version] = trainedWith_;
        }
        emit ModelAnchored(id, version, root, size, licenceDigest, trainedWith_);
    }
}
