package io.openledger.chain.connector.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.chain.connector.bridge.MerklePatricia.Path;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpString;

/** Against {@link PlainTrie}, which knows nothing of proofs. */
class MerklePatriciaTest {

  private final long seed = new Random().nextLong();

  private static byte[] key(Random random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return key;
  }

  @Test
  void followsTheWayToEveryKeyAndToNoOther() {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int size : new int[] {0, 1, 2, 3, 17, 300}) {
      PlainTrie trie = new PlainTrie();
      Map<Integer, byte[]> keys = new HashMap<>();
      Map<Integer, byte[]> values = new HashMap<>();
      for (int i = 0; i < size; i++) {
        byte[] value =
            RlpEncoder.encode(
                RlpString.create(
                    new BigInteger(1 + random.nextInt(256), random).add(BigInteger.ONE)));
        keys.put(i, key(random));
        values.put(i, value);
        trie.put(keys.get(i), value);
      }
      for (int i = 0; i < size; i++) {
        Optional<Path> path =
            MerklePatricia.follow(trie.root(), keys.get(i), trie.proof(keys.get(i)));
        assertThat(path).as("seed %s, size %s", seed, size).isPresent();
        assertThat(path.get().value().orElseThrow()).isEqualTo(values.get(i));
      }
      for (int i = 0; i < 50; i++) {
        byte[] other = key(random);
        Optional<Path> path = MerklePatricia.follow(trie.root(), other, trie.proof(other));
        assertThat(path).as("seed %s, size %s", seed, size).isPresent();
        assertThat(path.get().value()).isEmpty();
      }
    }
  }

  @Test
  void believesNoProofThatWasChanged() {
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    PlainTrie trie = new PlainTrie();
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      keys.add(key(random));
      trie.put(keys.get(i), new byte[] {1});
    }
    byte[] key = keys.get(0);
    List<byte[]> proof = trie.proof(key);
    assertThat(MerklePatricia.follow(trie.root(), key, proof)).isPresent();
    for (int node = 0; node < proof.size(); node++) {
      for (int bit = 0; bit < 8 * proof.get(node).length; bit++) {
        List<byte[]> changed = new ArrayList<>(proof);
        byte[] bytes = proof.get(node).clone();
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        changed.set(node, bytes);
        assertThat(MerklePatricia.follow(trie.root(), key, changed)).isEmpty();
      }
    }
    assertThat(MerklePatricia.follow(trie.root(), key, proof.subList(0, proof.size() - 1)))
        .isEmpty();
    List<byte[]> longer = new ArrayList<>(proof);
    longer.add(proof.get(0));
    assertThat(MerklePatricia.follow(trie.root(), key, longer)).isEmpty();
    assertThat(MerklePatricia.follow(trie.root(), key, List.of())).isEmpty();
    assertThat(MerklePatricia.follow(trie.root(), key, List.of(new byte[] {(byte) 0x80})))
        .isEmpty();
    assertThat(
            MerklePatricia.follow(new PlainTrie().root(), key, List.of(new byte[] {(byte) 0x80})))
        .isPresent();
    assertThat(MerklePatricia.follow(Hash.sha3(key), key, proof)).isEmpty();
    assertThat(
            MerklePatricia.follow(
                trie.root(), key, java.util.Collections.nCopies(65, proof.get(0))))
        .isEmpty();
  }

  @Test
  void givesNodesThatLieWithinOthersAsElementsOfTheirOwn() {
    List<byte[]> pair = near(8);
    PlainTrie trie = new PlainTrie();
    pair.forEach(key -> trie.put(key, new byte[] {1}));
    List<byte[]> proof = trie.proof(pair.get(0));
    Path path = MerklePatricia.follow(trie.root(), pair.get(0), proof).orElseThrow();
    assertThat(path.value().orElseThrow()).containsExactly(1);
    assertThat(path.nodes()).hasSize(proof.size() + 1);
    assertThat(path.nodes().get(proof.size())).hasSizeLessThan(32);
    // and a proof that has them already is taken too
    assertThat(
            PlainTrie.same(
                MerklePatricia.follow(trie.root(), pair.get(0), path.nodes()).orElseThrow().nodes(),
                path.nodes()))
        .isTrue();
  }

  /** Two keys whose hashes begin with the same nibbles: a birthday among 2^18 or so of them. */
  static List<byte[]> near(int nibbles) {
    Map<Long, byte[]> seen = new HashMap<>();
    for (int i = 0; ; i++) {
      byte[] key = java.nio.ByteBuffer.allocate(32).putLong(24, i).array();
      long start =
          new BigInteger(1, Arrays.copyOf(Hash.sha3(key), 8))
              .shiftRight(64 - 4 * nibbles)
              .longValueExact();
      byte[] other = seen.put(start, key);
      if (other != null) {
        return List.of(other, key);
      }
    }
  }
}
