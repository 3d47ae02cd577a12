package io.openledger.api.reward;

import io.openledger.api.Hash256;
import java.util.List;

/**
 * That an address has earned an amount, provable against an epoch's root.
 *
 * <p>The leaf is {@code keccak256(keccak256(abi.encode(address, uint256)))}; inner nodes hash their
 * two children in ascending order (OpenZeppelin {@code MerkleProof} and its {@code
 * StandardMerkleTree}).
 *
 * @param epoch which epoch
 * @param root its root
 * @param address whose
 * @param cumulative earned ever, in wei
 * @param siblings from the leaf upwards
 */
public record EpochProof(
    long epoch, Hash256 root, ChainAddress address, Wei cumulative, List<Hash256> siblings) {

  public EpochProof {
    siblings = List.copyOf(siblings);
  }
}
