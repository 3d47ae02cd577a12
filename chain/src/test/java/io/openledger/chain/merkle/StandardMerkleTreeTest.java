package io.openledger.chain.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.Entries;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Golden values were printed by the npm package {@code @openzeppelin/merkle-tree} 1.0.8: {@code
 * StandardMerkleTree.of(entries, ['address', 'uint256'])} over the entries of {@link
 * Entries#golden}.
 */
class StandardMerkleTreeTest {

  @ParameterizedTest
  @CsvSource({
    "1, 8b9d1fedb80d2c7a1f5127f027d275554280628b3184ea8a4c7a12a2c8fb504a",
    "2, 91d9f58989f20bbc7c56f1e18fa828a42e2815cbf2595739cafc892df7bdaebe",
    "3, af89f7fc919984ca92ca7a356348a67152ed0d042ba9c07a2762eba1de8d28ad",
    "4, 619369a5bb37363748af2727f7efa709b6d5e469ec819b281d94c3b447f45b0a",
    "5, 8255a231bfb6b3457aa8e92a3ad7180a128df90b05e8d5cfa66aa96cdcfda3d4",
    "6, 7a97e0bfab3efbe63cd958cd198304aab9c0bbf3b6544fa01d42458faa7acc37",
    "7, a7ab44a4951d5c8cb8ce7ba09ebff43086f99a120b75fda34837412dd1e1b602",
    "8, 9da6d8308703e589c5635fd88d427fe79fd4f9fecb1e50fcf4eb56baaa1abbea",
    "16, 3856e2b581839dece51215eab84520e12a88ac7bca87a68af8d75741faeae3a3",
    "17, f2a771065ce524751c26bd209df908f89e02955abd2e6a243889b72585833c44",
    "100, 9c5e688cdc1213966102de9886cb217ae964d52262694f4f65453ce6ab4b1606",
    "1000, 34e4c188e6c479f68e2344178b4948645e68d6e46977fdd1781f2a40e1446e10"
  })
  void hasTheRootThatOpenZeppelinComputes(int count, String root) {
    StandardMerkleTree tree = StandardMerkleTree.of(leaves(Entries.golden(count)));
    assertThat(tree.root()).hasToString(root);
    assertThat(tree.leaves()).isEqualTo(count);
  }

  /** The example in the README of OpenZeppelin's package, with the root that it prints. */
  @Test
  void hasTheRootOfThePublishedExample() {
    List<Total> example =
        List.of(
            total("0x1111111111111111111111111111111111111111", "5000000000000000000"),
            total("0x2222222222222222222222222222222222222222", "2500000000000000000"));
    assertThat(StandardMerkleTree.of(leaves(example)).root())
        .hasToString("d4dee0beab2d53f2cc83e567171bd2820e49898130a22622b10ead383e90bd77");
  }

  @Test
  void encodesTheSmallestAndTheLargestAddressAndAmount() {
    BigInteger largest = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    List<Total> extremes =
        List.of(
            total("0x" + "f".repeat(40), largest.toString()), total("0x" + "0".repeat(40), "1"));
    assertThat(StandardMerkleTree.of(leaves(extremes)).root())
        .hasToString("529eb7536a69cd5044ee70998f3af454f49b8fb7c6661f4274205406f58ef8b9");
  }

  /** Proofs of the first, third and fifth entry: short and long ones of a tree of seven. */
  @ParameterizedTest
  @CsvSource({
    "0, 980d336a037194c4b27094c1a3a539353afc70331f9d3a30c4bb4561c65fec48"
        + " cb1972de2ac0896abadd17f77890b4266e4246a397d756686d572a300ebcd4a3"
        + " a06f2963ca2bbfbefcf0b120bf0e03ec1daaae7c9736b42d2d4f0a31e90c174d",
    "2, 299ac7abe0adea213040e034dad5a2650f99595ebc94a3cf05bd47582c4290ed"
        + " 9f204d4d15a6ba79caed98216d89920d78989e48ac4ee35e5cebf8b0e4c5c580",
    "4, 5afe0b9fd90483395985d303d7d06024d089a5c052d4e4b4dd0f2d9cf5b5a533"
        + " d8d7eba319e15a1562dee339743bba0f7131e7c0ffeb2708adeb1eba03eaa5c3"
        + " 9f204d4d15a6ba79caed98216d89920d78989e48ac4ee35e5cebf8b0e4c5c580"
  })
  void givesTheProofThatOpenZeppelinGives(int entry, String siblings) {
    List<Hash256> leaves = leaves(Entries.golden(7));
    List<Hash256> proof = StandardMerkleTree.of(leaves).proof(leaves.get(entry)).orElseThrow();
    assertThat(proof).map(Hash256::hex).containsExactly(siblings.split(" "));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 9, 31, 32, 33, 63, 64, 65, 129})
  void agreesWithThePlainTreeInRootAndEveryProof(int count) {
    List<Total> totals = Entries.golden(count);
    List<Hash256> leaves = leaves(totals);
    PlainTree plain =
        PlainTree.of(
            totals.stream().map(t -> PlainTree.leaf(t.address(), t.cumulative())).toList());
    StandardMerkleTree tree = StandardMerkleTree.of(leaves);
    assertThat(tree.root()).isEqualTo(plain.root());
    for (Hash256 leaf : leaves) {
      List<Hash256> proof = tree.proof(leaf).orElseThrow();
      assertThat(proof).isEqualTo(plain.proof(leaf));
      assertThat(PlainTree.climb(leaf, proof)).isEqualTo(tree.root());
      assertThat(StandardMerkleTree.verify(tree.root(), leaf, proof)).isTrue();
    }
  }

  @Test
  void hasNoProofForALeafThatItDoesNotHold() {
    List<Hash256> leaves = leaves(Entries.golden(9));
    StandardMerkleTree tree = StandardMerkleTree.of(leaves.subList(0, 8));
    assertThat(tree.proof(leaves.get(8))).isEmpty();
    assertThat(tree.proof(Hash256.ZERO)).isEmpty();
    assertThat(tree.proof(tree.root())).isEmpty();
  }

  @Test
  void refusesNoLeavesAndALeafThatIsThereTwice() {
    assertThatThrownBy(() -> StandardMerkleTree.of(List.of()))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("number of leaves is 0")
        .hasMessageContaining("1 to 16777216");
    Hash256 leaf = Hash256.sha256("leaf");
    assertThatThrownBy(() -> StandardMerkleTree.of(List.of(leaf, Hash256.ZERO, leaf)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("leaf " + leaf + " is there twice");
  }

  @Test
  void refusesMoreLeavesThanAnArrayHoldsBeforeItTouchesThem() {
    assertThatThrownBy(
            () ->
                StandardMerkleTree.of(
                    Collections.nCopies(StandardMerkleTree.MAX_LEAVES + 1, Hash256.ZERO)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("number of leaves is 16777217");
  }

  /** A path of 25 steps that does lead to its root, but that no tree of ours can have. */
  @Test
  void refusesAProofThatIsLongerThanTheDeepestTree() {
    Hash256 leaf = Hash256.sha256("leaf");
    List<Hash256> siblings = Collections.nCopies(25, Hash256.sha256("sibling"));
    List<Hash256> longest = siblings.subList(1, 25);
    assertThat(StandardMerkleTree.verify(PlainTree.climb(leaf, longest), leaf, longest)).isTrue();
    assertThat(StandardMerkleTree.verify(PlainTree.climb(leaf, siblings), leaf, siblings))
        .isFalse();
  }

  private static List<Hash256> leaves(List<Total> totals) {
    return totals.stream().map(t -> AmountLeaf.hash(t.address(), t.cumulative())).toList();
  }

  private static Total total(String address, String amount) {
    return new Total(new ChainAddress(address), Wei.parse(amount));
  }
}
