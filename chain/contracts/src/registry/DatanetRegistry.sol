// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatanetRegistry} from "./IDatanetRegistry.sol";
import {VersionedRoots} from "./VersionedRoots.sol";

/// @title What datanets held, version by version
/// @notice See {IDatanetRegistry}, which is its documentation.
contract DatanetRegistry is IDatanetRegistry, VersionedRoots {
    /// @inheritdoc IDatanetRegistry
    function register(bytes32 salt) external returns (bytes32 id) {
        return _register(salt);
    }

    /// @inheritdoc IDatanetRegistry
    function anchor(bytes32 id, uint64 version, bytes32 root, uint64 contributions, bytes32 licenceDigest) external {
        _anchorDatanet(id, version, root, contributions, licenceDigest);
    }

    /// @inheritdoc IDatanetRegistry
    function anchorMany(Anchoring[] calldata batch) external {
        _requireBatch(batch.length);
        for (uint256 i = 0; i < batch.length; ++i) {
            Anchoring calldata item = batch[i];
            _anchorDatanet(item.id, item.version, item.root, item.contributions, item.licenceDigest);
        }
    }

    function _anchorDatanet(bytes32 id, uint64 version, bytes32 root, uint64 contributions, bytes32 licenceDigest)
        private
    {
        uint64 before = _anchor(id, version, root, contributions, licenceDigest);
        if (contributions < before) {
            revert ContributionsShrank(id, contributions, before);
        }
        emit DatanetAnchored(id, version, root, contributions, licenceDigest);
    }
}
