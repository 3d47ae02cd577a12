// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistrations} from "./IRegistrations.sol";

/// @title Entries that belong to somebody
/// @notice See {IRegistrations}, which is its documentation.
abstract contract Registrations is IRegistrations {
    /// @dev A term is the time of one owner: with it end the appointments, without a list of them.
    struct Holder {
        address owner;
        uint64 term;
        address offeredTo;
    }

    uint256 internal constant _MAX_BATCH = 100;

    mapping(bytes32 id => Holder) private _holders;
    mapping(bytes32 id => mapping(uint64 term => mapping(address publisher => bool))) private _publishers;

    /// @inheritdoc IRegistrations
    function idOf(address registrant, bytes32 salt) public pure returns (bytes32) {
        return keccak256(abi.encode(registrant, salt));
    }

    /// @inheritdoc IRegistrations
    function ownerOf(bytes32 id) external view returns (address) {
        return _registered(id).owner;
    }

    /// @inheritdoc IRegistrations
    function offeredTo(bytes32 id) external view returns (address) {
        return _registered(id).offeredTo;
    }

    /// @inheritdoc IRegistrations
    function isPublisher(bytes32 id, address publisher) public view returns (bool) {
        Holder storage holder = _holders[id];
        // the zero address owns what is not registered, and calls nothing
        return publisher != address(0)
            && (holder.owner == publisher || _publishers[id][holder.term][publisher]);
    }

    /// @inheritdoc IRegistrations
    function offerOwnership(bytes32 id, address to) external {
        Holder storage holder = _owned(id);
        holder.offeredTo = to;
        emit OwnershipOffered(id, msg.sender, to);
    }

    /// @inheritdoc IRegistrations
    function acceptOwnership(bytes32 id) external {
        Holder storage holder = _registered(id);
        if (holder.offeredTo != msg.sender) {
            revert NotOffered(id, msg.sender);
        }
        address from = holder.owner;
        holder.owner = msg.sender;
        holder.term += 1;
        holder.offeredTo = address(0);
        emit OwnershipTransferred(id, from, msg.sender);
    }

    /// @inheritdoc IRegistrations
    function setPublisher(bytes32 id, address publisher, bool allowed) external {
        Holder storage holder = _owned(id);
        _publishers[id][holder.term][publisher] = allowed;
        emit PublisherSet(id, publisher, allowed);
    }

    function _register(bytes32 salt) internal returns (bytes32 id) {
        id = idOf(msg.sender, salt);
        if (_holders[id].owner != address(0)) {
            revert AlreadyRegistered(id);
        }
        _holders[id].owner = msg.sender;
        emit Registered(id, msg.sender, salt);
    }

    function _registered(bytes32 id) internal view returns (Holder storage holder) {
        holder = _holders[id];
        if (holder.owner == address(0)) {
            revert NotRegistered(id);
        }
    }

    function _requirePublisher(bytes32 id) internal view {
        if (!isPublisher(id, msg.sender)) {
            _registered(id);
            revert NotPublisher(id, msg.sender);
        }
    }

    function _requireBatch(uint256 items) internal pure {
        if (items == 0 || items > _MAX_BATCH) {
            revert BatchOutOfRange(items, _MAX_BATCH);
        }
    }

    function _owned(bytes32 id) private view returns (Holder storage holder) {
        holder = _registered(id);
        if (holder.owner != msg.sender) {
            revert NotOwner(id, msg.sender);
        }
    }
}
