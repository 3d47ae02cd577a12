/**
 * Merkle trees whose proofs OpenZeppelin's contracts verify.
 *
 * <p><b>Leaf.</b> {@code keccak256(keccak256(abi.encode(address, uint256)))} for what an account
 * has earned, {@code keccak256(keccak256(abi.encode(bytes32)))} for a receipt. Hashing twice makes
 * a leaf's preimage 32 bytes long and an inner node's 64, so that no inner node can pass for a
 * leaf.
 *
 * <p><b>Inner node.</b> {@code keccak256(a ‖ b)} of its two children with {@code a ≤ b} as unsigned
 * bytes. A proof needs no left and right.
 *
 * <p><b>Layout of {@link io.openledger.chain.merkle.StandardMerkleTree}.</b> {@code 2n − 1} nodes
 * of 32 bytes each in one array: the root at 0, the children of node {@code i} at {@code 2i + 1}
 * and {@code 2i + 2}, and the leaves at the end, falling, so that the smallest leaf stands last.
 * There is no padding: for every {@code n} the tree is complete, and leaves stand on at most two
 * levels. It is OpenZeppelin's {@code standard-v1}. Any change of an amount moves its leaf, and
 * with it about all nodes.
 *
 * <p><b>Layout of {@link io.openledger.chain.merkle.AccountTree}.</b> Leaves in the order of their
 * accounts: first the epoch in which an account first earned, then its address. Level above level,
 * neighbours {@code 2i} and {@code 2i + 1} make node {@code i}; the last node of an odd level goes
 * up as it is. An account never moves and new ones come last, so that an epoch hashes what changed
 * and the paths above it. A path has at most {@code ⌈log₂ n⌉} siblings. The contracts know a path
 * and no layout: they verify both.
 *
 * <p>Depends on the JDK, {@code api}'s value types and BouncyCastle's Keccak. Tested with the
 * module.
 *
 * @see <a href="https://github.com/OpenZeppelin/merkle-tree">OpenZeppelin merkle-tree 1.0</a>
 */
@NullMarked
package io.openledger.chain.merkle;

import org.jspecify.annotations.NullMarked;
