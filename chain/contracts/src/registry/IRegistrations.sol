// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Entries that belong to somebody
/// @notice Whoever registers an entry owns it. An entry's id is made of the address that registered it and a salt, so that
///   nobody can take another's id by being faster. An owner can appoint publishers, a server's key for example, that
///   anchor in the entry's name but cannot give it away; they end with the owner who appointed them. Ownership moves in
///   two steps. There is no administrator: nobody else can change or remove an entry.
/// @dev Salts and digests only: nothing here may say who a person is. Name a datanet by the hash of its name.
interface IRegistrations {
    /// @notice An entry was registered.
    event Registered(bytes32 indexed id, address indexed owner, bytes32 salt);

    /// @notice An entry was offered to `to`, or to nobody any more.
    event OwnershipOffered(bytes32 indexed id, address indexed owner, address indexed to);

    /// @notice An entry has a new owner, and no publishers.
    event OwnershipTransferred(bytes32 indexed id, address indexed from, address indexed to);

    /// @notice A publisher was appointed or dismissed.
    event PublisherSet(bytes32 indexed id, address indexed publisher, bool allowed);

    /// @notice The caller has registered this already.
    error AlreadyRegistered(bytes32 id);

    /// @notice There is no entry of this id.
    error NotRegistered(bytes32 id);

    /// @notice Only the entry's owner may do this.
    error NotOwner(bytes32 id, address caller);

    /// @notice The entry was not offered to the caller.
    error NotOffered(bytes32 id, address caller);

    /// @notice Only the entry's owner and its publishers may do this.
    error NotPublisher(bytes32 id, address caller);

    /// @notice A batch has more items than it may have, or none.
    error BatchOutOfRange(uint256 items, uint256 maximum);

    /// @notice The id that an address would register a salt under: keccak256(abi.encode(registrant, salt)).
    function idOf(address registrant, bytes32 salt) external pure returns (bytes32);

    /// @notice Who owns an entry. `NotRegistered`.
    function ownerOf(bytes32 id) external view returns (address);

    /// @notice To whom an entry is offered; the zero address: to nobody. `NotRegistered`.
    function offeredTo(bytes32 id) external view returns (address);

    /// @notice Whether an address may anchor in an entry's name: its owner, and its publishers.
    function isPublisher(bytes32 id, address publisher) external view returns (bool);

    /// @notice Offers an entry. Only its owner (`NotOwner`). Changes nothing until it is accepted.
    /// @param to who may accept; the zero address takes the offer back
    function offerOwnership(bytes32 id, address to) external;

    /// @notice Accepts an entry that was offered to the caller (`NotOffered`). Its publishers lose their appointment.
    function acceptOwnership(bytes32 id) external;

    /// @notice Appoints or dismisses a publisher. Only the entry's owner (`NotOwner`).
    function setPublisher(bytes32 id, address publisher, bool allowed) external;
}
