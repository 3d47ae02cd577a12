// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IVersionedRoots} from "./IVersionedRoots.sol";
import {Registrations} from "./Registrations.sol";

/// @title Entries with a root and a licence for each version
/// @notice See {IVersionedRoots}, which is its documentation.
/// @dev Two slots a version. A licence is written only where it changes; a version names the one whose licence it has.
abstract contract VersionedRoots is IVersionedRoots, Registrations {
    struct Version {
        bytes32 root;
        uint48 anchoredAt;
        uint64 size;
        uint64 licenceVersion;
    }

    mapping(bytes32 id => uint64) private _latest;
    mapping(bytes32 id => mapping(uint64 version => Version)) private _versions;
    mapping(bytes32 id => mapping(uint64 version => bytes32)) private _licences;

    /// @inheritdoc IVersionedRoots
    function latestVersion(bytes32 id) public view returns (uint64) {
        return _latest[id];
    }

    /// @inheritdoc IVersionedRoots
    function versionOf(bytes32 id, uint64 version)
        public
        view
        returns (bytes32 root, uint64 size, bytes32 licenceDigest, uint48 anchoredAt)
    {
        Version storage anchored = _versions[id][version];
        return (anchored.root, anchored.size, _licences[id][anchored.licenceVersion], anchored.anchoredAt);
    }

    /// @dev Only owner and publishers. The size of the version before, 0 if there is none, is returned for further checks.
    function _anchor(bytes32 id, uint64 version, bytes32 root, uint64 size, bytes32 licenceDigest)
        internal
        returns (uint64 sizeBefore)
    {
        _requirePublisher(id);
        uint64 latest = _latest[id];
        if (version <= latest) {
            revert VersionNotNewer(id, version, latest);
        }
        if (root == bytes32(0)) {
            revert RootMissing(id, version);
        }
        if (licenceDigest == bytes32(0)) {
            revert LicenceMissing(id, version);
        }
        Version storage before = _versions[id][latest];
        sizeBefore = before.size;
        uint64 licenceVersion = before.licenceVersion;
        if (_licences[id][licenceVersion] != licenceDigest) {
            licenceVersion = version;
            _licences[id][version] = licenceDigest;
        }
        _latest[id] = version;
        _versions[id][version] = Version({
            root: root,
            anchoredAt: uint48(block.timestamp),
            size: size,
            licenceVersion: licenceVersion
        });
    }
}
