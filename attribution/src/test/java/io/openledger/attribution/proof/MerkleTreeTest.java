package io.openledger.attribution.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {

  /** The test entries and roots of Certificate Transparency's reference implementation. */
  private static final List<String> ENTRIES =
      List.of(
          "",
          "00",
          "10",
          "2021",
          "3031",
          "40414243",
          "5051525354555657",
          "606162636465666768696a6b6c6d6e6f");

  private static final List<String> ROOTS =
      List.of(
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
          "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
          "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
          "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
          "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");

  private static List<byte[]> entries(int n) {
    return ENTRIES.subList(0, n).stream().map(HexFormat.of()::parseHex).toList();
  }

  /** The recursive definition of RFC 6962 §2.1, word for word. */
  private static Hash256 plain(List<Hash256> entries) {
    int n = entries.size();
    if (n == 1) {
      return Hash256.sha256(join(new byte[] {0}, entries.get(0).toBytes()));
    }
    int k = Integer.highestOneBit(n - 1);
    byte[] left = plain(entries.subList(0, k)).toBytes();
    byte[] right = plain(entries.subList(k, n)).toBytes();
    return Hash256.sha256(join(new byte[] {1}, join(left, right)));
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static List<Hash256> hashes(int n) {
    return IntStream.range(0, n).mapToObj(i -> Hash256.sha256("entry " + i)).toList();
  }

  @Test
  void hasThePublishedRoots() {
    for (int n = 1; n <= ENTRIES.size(); n++) {
      assertThat(MerkleTree.ofBytes(entries(n)).root().hex()).isEqualTo(ROOTS.get(n - 1));
    }
  }

  @Test
  void hasTheRootsOfTheDefinition() {
    for (int n = 1; n <= 130; n++) {
      assertThat(MerkleTree.of(hashes(n)).root()).isEqualTo(plain(hashes(n)));
    }
  }

  @Test
  void rootOfNothingIsZero() {
    assertThat(MerkleTree.of(List.of()).root()).isEqualTo(Hash256.ZERO);
  }

  @Test
  void everyPathVerifies() {
    for (int n = 1; n <= 70; n++) {
      MerkleTree tree = MerkleTree.of(hashes(n));
      for (int i = 0; i < n; i++) {
        List<Hash256> path = tree.path(i);
        assertThat(path.size()).isLessThanOrEqualTo(7);
        assertThat(MerkleTree.verify(hashes(n).get(i), i, n, path, tree.root())).isTrue();
      }
    }
  }

  @Test
  void everyMutatedProofIsRefused() {
    long seed = 6962;
    Random random = new Random(seed);
    for (int round = 0; round < 10_000; round++) {
      int n = 2 + random.nextInt(60);
      int at = random.nextInt(n);
      MerkleTree tree = MerkleTree.of(hashes(n));
      Hash256 entry = hashes(n).get(at);
      List<Hash256> path = new ArrayList<>(tree.path(at));
      int index = at;
      int size = n;
      Hash256 root = tree.root();
      switch (random.nextInt(6)) {
        case 0 -> entry = flip(entry, random);
        case 1 -> root = flip(root, random);
        case 2 -> {
          int i = random.nextInt(path.size());
          path.set(i, flip(path.get(i), random));
        }
        case 3 -> path.remove(random.nextInt(path.size()));
        case 4 -> path.add(random.nextInt(path.size() + 1), Hash256.sha256("more"));
        default -> index = (at + 1 + random.nextInt(n - 1)) % n;
      }
      assertThat(MerkleTree.verify(entry, index, size, path, root))
          .as("seed %d, round %d", seed, round)
          .isFalse();
    }
  }

  @Test
  void placesOutsideTheTreeAreRefused() {
    MerkleTree tree = MerkleTree.of(hashes(3));
    assertThat(MerkleTree.verify(hashes(3).get(0), -1, 3, tree.path(0), tree.root())).isFalse();
    assertThat(MerkleTree.verify(hashes(3).get(0), 3, 3, tree.path(0), tree.root())).isFalse();
    assertThatThrownBy(() -> tree.path(3)).isInstanceOf(OpenLedgerException.class);
  }

  private static Hash256 flip(Hash256 hash, Random random) {
    byte[] bytes = hash.toBytes();
    bytes[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
    return Hash256.of(bytes);
  }
}
