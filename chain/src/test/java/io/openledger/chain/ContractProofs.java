package io.openledger.chain;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.digests.KeccakDigest;

/**
 * What the contracts do with a proof, statement by statement, with Bouncy Castle's Keccak and words
 * of 256 bits: nothing of the code under test.
 */
public final class ContractProofs {

  private ContractProofs() {}

  /** {@code MerkleProof.processProof}. */
  public static BigInteger processProof(List<BigInteger> proof, BigInteger leaf) {
    BigInteger computedHash = leaf;
    for (BigInteger sibling : proof) {
      computedHash = commutativeKeccak256(computedHash, sibling);
    }
    return computedHash;
  }

  private static BigInteger commutativeKeccak256(BigInteger a, BigInteger b) {
    return a.compareTo(b) < 0 ? keccak256(word(a) + word(b)) : keccak256(word(b) + word(a));
  }

  /** {@code RewardDistributor.claimPacked} of a caller: the root that its call data lead to. */
  public static Hash256 claimPacked(ChainAddress sender, String callData) {
    List<BigInteger> words = new ArrayList<>();
    // a part of a word at the end is ignored
    for (int at = 8; at + 64 <= callData.length(); at += 64) {
      words.add(new BigInteger(callData.substring(at, at + 64), 16));
    }
    BigInteger leaf =
        keccak256(
            word(
                keccak256(
                    word(new BigInteger(sender.value().substring(2), 16)) + word(words.get(0)))));
    return hash(processProof(words.subList(1, words.size()), leaf));
  }

  /** The call data: selector, amount, siblings, and nothing else. */
  public static String packed(EpochProof proof) {
    StringBuilder data = new StringBuilder(selector("claimPacked(uint256)"));
    data.append(word(proof.cumulative().value()));
    proof.siblings().forEach(s -> data.append(s.hex()));
    return data.toString();
  }

  /** Whether {@code RewardDistributor} pays against this proof's root. */
  public static boolean pays(EpochProof proof) {
    return claimPacked(proof.address(), packed(proof)).equals(proof.root());
  }

  /** {@code AttributionAnchor.isAnchored} for a root that was anchored. */
  public static boolean isAnchored(Hash256 root, Hash256 receiptHash, List<Hash256> proof) {
    BigInteger leaf = keccak256(word(keccak256(receiptHash.hex())));
    List<BigInteger> words = proof.stream().map(h -> new BigInteger(h.hex(), 16)).toList();
    return !root.equals(Hash256.ZERO)
        && proof.size() <= 64
        && hash(processProof(words, leaf)).equals(root);
  }

  private static String selector(String signature) {
    byte[] bytes = signature.getBytes(StandardCharsets.US_ASCII);
    return word(keccak256(HexFormat.of().formatHex(bytes))).substring(0, 8);
  }

  private static BigInteger keccak256(String hex) {
    byte[] input = HexFormat.of().parseHex(hex);
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(input, 0, input.length);
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return new BigInteger(1, out);
  }

  private static String word(BigInteger value) {
    return String.format("%064x", value);
  }

  private static Hash256 hash(BigInteger value) {
    return Hash256.parse(word(value));
  }
}
