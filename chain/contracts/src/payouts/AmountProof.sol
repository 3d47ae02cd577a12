// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Which root a proof of an account's amount leads to
/// @notice The leaf is `keccak256(keccak256(abi.encode(account, amount)))`, an inner node the keccak256 of its two children
///   in ascending order: the trees of OpenZeppelin's StandardMerkleTree for `[address, uint256]`. A leaf's preimage has
///   32 bytes and an inner node's has 64, so that no inner node passes for a leaf, however long or short the proof.
/// @dev Does what MerkleProof.processProofCalldata does, and the tests compare the two. Written by hand, ten steps a round,
///   because at depth 20 it is the largest part of a claim that can be made cheaper at all.
library AmountProof {
    /// @dev The root over the leaf of this account and amount.
    /// @param siblings from the leaf upwards
    function root(address account, uint256 amount, bytes32[] calldata siblings) internal pure returns (bytes32 node) {
        assembly ("memory-safe") {
            // the first 64 bytes of memory are scratch space
            mstore(0x00, and(account, 0xffffffffffffffffffffffffffffffffffffffff))
            mstore(0x20, amount)
            mstore(0x00, keccak256(0x00, 0x40))
            node := keccak256(0x00, 0x20)
            // of each pair the greater goes to 0x20 and the other to 0x00
            let position := siblings.offset
            let end := add(position, shl(5, siblings.length))
            // one at a time until a multiple of ten is left
            for { let tens := add(position, shl(5, mod(siblings.length, 10))) } lt(position, tens) {
                position := add(position, 0x20)
            } {
                let sibling := calldataload(position)
                let place := shl(5, gt(node, sibling))
                mstore(place, node)
                mstore(xor(place, 0x20), sibling)
                node := keccak256(0x00, 0x40)
            }
            if lt(position, end) {
                for {} 1 {} {
                    {
                        let sibling := calldataload(position)
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0x20))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0x40))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0x60))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0x80))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0xa0))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0xc0))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0xe0))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0x100))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    {
                        let sibling := calldataload(add(position, 0x120))
                        let place := shl(5, gt(node, sibling))
                        mstore(place, node)
                        mstore(xor(place, 0x20), sibling)
                        node := keccak256(0x00, 0x40)
                    }
                    position := add(position, 0x140)
                    if iszero(lt(position, end)) { break }
                }
            }
        }
    }
}
