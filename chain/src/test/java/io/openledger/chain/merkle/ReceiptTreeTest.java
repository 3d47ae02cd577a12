package io.openledger.chain.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.ContractProofs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptTreeTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 13, 64, 65, 300})
  void theContractTakesEveryReceiptAndNoOther(int count) {
    List<Hash256> receipts = receipts(count);
    ReceiptTree tree = ReceiptTree.of(receipts);
    assertThat(tree.receipts()).isEqualTo(count);
    Hash256 other = Hash256.sha256("another");
    for (Hash256 receipt : receipts) {
      List<Hash256> proof = tree.proof(receipt).orElseThrow();
      assertThat(ContractProofs.isAnchored(tree.root(), receipt, proof)).isTrue();
      assertThat(ReceiptTree.verify(tree.root(), receipt, proof)).isTrue();
      assertThat(ContractProofs.isAnchored(tree.root(), other, proof)).isFalse();
      assertThat(ReceiptTree.verify(tree.root(), other, proof)).isFalse();
    }
    assertThat(tree.proof(other)).isEmpty();
  }

  @Test
  void theOrderOfTheReceiptsDoesNotMatter() {
    List<Hash256> receipts = new ArrayList<>(receipts(50));
    Hash256 root = ReceiptTree.of(receipts).root();
    Collections.shuffle(receipts, new Random(20261126));
    assertThat(ReceiptTree.of(receipts).root()).isEqualTo(root);
  }

  @Test
  void aSingleReceiptsLeafIsTheRoot() {
    Hash256 receipt = Hash256.sha256("only");
    ReceiptTree tree = ReceiptTree.of(List.of(receipt));
    assertThat(tree.root()).isEqualTo(ReceiptTree.leaf(receipt)).isNotEqualTo(receipt);
    assertThat(tree.proof(receipt).orElseThrow()).isEmpty();
  }

  /** No inner node of a tree passes for a receipt. */
  @Test
  void hasNoProofOfAnInnerNode() {
    ReceiptTree tree = ReceiptTree.of(receipts(2));
    assertThat(ReceiptTree.verify(tree.root(), tree.root(), List.of())).isFalse();
    assertThat(ContractProofs.isAnchored(tree.root(), tree.root(), List.of())).isFalse();
  }

  @Test
  void refusesNoReceiptTooManyAndOneTwice() {
    assertThatThrownBy(() -> ReceiptTree.of(List.of()))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("number of receipts is 0");
    assertThatThrownBy(() -> ReceiptTree.of(Collections.nCopies((1 << 24) + 1, Hash256.ZERO)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("number of receipts is 16777217");
    assertThatThrownBy(() -> ReceiptTree.of(List.of(Hash256.ZERO, Hash256.ZERO)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("there twice");
  }

  private static List<Hash256> receipts(int count) {
    return IntStream.range(0, count).mapToObj(i -> Hash256.sha256("receipt " + i)).toList();
  }
}
