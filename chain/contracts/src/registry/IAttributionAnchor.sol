// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IRegistrations} from "./IRegistrations.sol";

/// @title What answers used and owe, epoch by epoch
/// @notice Whoever runs a ledger registers it and anchors, for each epoch, the Merkle root over the hashes of the receipts
///   of that epoch, and how many receipts the ledger has by then. A root is anchored once and never changes; epochs and
///   counts rise, so that no receipt falls between two epochs or into both. An epoch without receipts is left out.
///
///   Nobody decides who may register: a reader has to know which ledger's id is the one they trust.
/// @dev Trees are built as OpenZeppelin's StandardMerkleTree with leaves `keccak256(keccak256(abi.encode(receiptHash)))`
///   and commutative keccak256 pairs. One slot for the root and one that is overwritten: an epoch costs what one new
///   slot costs.
interface IAttributionAnchor is IRegistrations {
    /// @notice An epoch to anchor, see {anchor}.
    struct Anchoring {
        uint64 epoch;
        bytes32 root;
        uint64 receipts;
        bytes32 link;
    }

    /// @notice An epoch's receipts were anchored: those after `receiptsBefore`, up to `receipts`.
    /// @param link the value of the ledger's chain of receipts at receipt number `receipts`
    event ReceiptsAnchored(
        bytes32 indexed id, uint64 indexed epoch, bytes32 root, uint64 receiptsBefore, uint64 receipts, bytes32 link
    );

    /// @notice An epoch is zero, or not above the last one.
    error EpochNotNewer(bytes32 id, uint64 epoch, uint64 latest);

    /// @notice An epoch that is anchored has at least one receipt.
    error NoNewReceipts(bytes32 id, uint64 receipts, uint64 before);

    /// @notice A root is not zero.
    error RootMissing(bytes32 id, uint64 epoch);

    /// @notice Registers a ledger for the caller.
    /// @param salt the caller's own name for it; new to the caller (`AlreadyRegistered`)
    /// @return id its id, {idOf} the caller and the salt
    function register(bytes32 salt) external returns (bytes32 id);

    /// @notice Anchors an epoch's receipts. Only the owner and publishers (`NotPublisher`, `NotRegistered`).
    /// @param epoch above the last (`EpochNotNewer`)
    /// @param root over the receipts of the epoch, not zero (`RootMissing`)
    /// @param receipts the number of the epoch's last receipt, above the one before (`NoNewReceipts`)
    /// @param link the value of the chain of receipts there; kept in the event alone
    function anchor(bytes32 id, uint64 epoch, bytes32 root, uint64 receipts, bytes32 link) external;

    /// @notice Anchors 1 to 100 epochs of one ledger (`BatchOutOfRange`), all or none, in order: for a ledger whose chain
    ///   was away.
    function anchorMany(bytes32 id, Anchoring[] calldata batch) external;

    /// @notice The root of an epoch, zero if none was anchored.
    function rootOf(bytes32 id, uint64 epoch) external view returns (bytes32);

    /// @notice The last epoch that was anchored, how many receipts the ledger had by then, and when it was anchored in
    ///   seconds since 1970; zeros if none was.
    function latest(bytes32 id) external view returns (uint64 epoch, uint64 receipts, uint48 anchoredAt);

    /// @notice Whether a receipt is among those that were anchored for an epoch.
    /// @param receiptHash the hash that the receipt states
    /// @param proof the siblings from the receipt's leaf upwards, 64 at most; longer ones prove nothing
    function isAnchored(bytes32 id, uint64 epoch, bytes32 receiptHash, bytes32[] calldata proof)
        external
        view
        returns (bool);
}
