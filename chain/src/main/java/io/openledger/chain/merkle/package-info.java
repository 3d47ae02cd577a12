/**
 * Merkle trees that OpenZeppelin's contracts verify, in the form {@code standard-v1} of its {@code
 * StandardMerkleTree}.
 *
 * <p><b>Leaf.</b> {@code keccak256(keccak256(abi.encode(address, uint256)))}. Hashing twice makes a
 * leaf's preimage 32 bytes long and an inner node's 64, so that no inner node can pass for a leaf.
 *
 * <p><b>Inner node.</b> {@code keccak256(a ‖ b)} of its two children with {@code a ≤ b} as unsigned
 * bytes. A proof needs no left and right.
 *
 * <p><b>Layout.</b> {@code 2n − 1} nodes of 32 bytes each in one array: the root at 0, the children
 * of node {@code i} at {@code 2i + 1} and {@code 2i + 2}, and the leaves at the end, falling, so
 * that the smallest leaf stands last. There is no padding: for every {@code n} the tree is
 * complete, and leaves stand on at most two levels.
 *
 * <p>Depends on the JDK, {@code api}'s value types and BouncyCastle's Keccak. Tested with the
 * module.
 *
 * @see <a href="https://github.com/OpenZeppelin/merkle-tree">OpenZeppelin merkle-tree 1.0</a>
 */
@NullMarked
package io.openledger.chain.merkle;

import org.jspecify.annotations.NullMarked;
