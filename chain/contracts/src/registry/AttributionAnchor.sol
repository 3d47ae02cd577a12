// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IAttributionAnchor} from "./IAttributionAnchor.sol";
import {Registrations} from "./Registrations.sol";

/// @title What answers used and owe, epoch by epoch
/// @notice See {IAttributionAnchor}, which is its documentation.
contract AttributionAnchor is IAttributionAnchor, Registrations {
    struct Head {
        uint64 epoch;
        uint64 receipts;
        uint48 anchoredAt;
    }

    uint256 private constant _MAX_DEPTH = 64;

    mapping(bytes32 id => Head) private _heads;
    mapping(bytes32 id => mapping(uint64 epoch => bytes32)) private _roots;

    /// @inheritdoc IAttributionAnchor
    function register(bytes32 salt) external returns (bytes32 id) {
        return _register(salt);
    }

    /// @inheritdoc IAttributionAnchor
    function anchor(bytes32 id, uint64 epoch, bytes32 root, uint64 receipts, bytes32 link) external {
        _requirePublisher(id);
        _anchor(id, epoch, root, receipts, link);
    }

    /// @inheritdoc IAttributionAnchor
    function anchorMany(bytes32 id, Anchoring[] calldata batch) external {
        _requirePublisher(id);
        _requireBatch(batch.length);
        for (uint256 i = 0; i < batch.length; ++i) {
            Anchoring calldata item = batch[i];
            _anchor(id, item.epoch, item.root, item.receipts, item.link);
        }
    }

    /// @inheritdoc IAttributionAnchor
    function rootOf(bytes32 id, uint64 epoch) external view returns (bytes32) {
        return _roots[id][epoch];
    }

    /// @inheritdoc IAttributionAnchor
    function latest(bytes32 id) external view returns (uint64 epoch, uint64 receipts, uint48 anchoredAt) {
        Head storage head = _heads[id];
        return (head.epoch, head.receipts, head.anchoredAt);
    }

    /// @inheritdoc IAttributionAnchor
    function isAnchored(bytes32 id, uint64 epoch, bytes32 receiptHash, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        bytes32 root = _roots[id][epoch];
        // hashed twice: no inner node of a tree, which is one hash of 64 bytes, can pass for a leaf
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(receiptHash))));
        return root != bytes32(0) && proof.length <= _MAX_DEPTH && MerkleProof.verifyCalldata(proof, root, leaf);
    }

    function _anchor(bytes32 id, uint64 epoch, bytes32 root, uint64 receipts, bytes32 link) private {
        Head memory head = _heads[id];
        if (epoch <= head.epoch) {
            revert EpochNotNewer(id, epoch, head.epoch);
        }
        if (root == bytes32(0)) {
            revert RootMissing(id, epoch);
        }
        if (receipts <= head.receipts) {
            revert NoNewReceipts(id, receipts, head.receipts);
        }
        _heads[id] = Head({epoch: epoch, receipts: receipts, anchoredAt: uint48(block.timestamp)});
        _roots[id][epoch] = root;
        emit ReceiptsAnchored(id, epoch, root, head.receipts, receipts, link);
    }
}
