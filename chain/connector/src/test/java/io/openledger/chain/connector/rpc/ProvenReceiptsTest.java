package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvenReceiptsTest {

  private static final ChainAddress ECHO =
      new ChainAddress("0x00000000000000000000000000000000000000e0");

  /** Blocks of so many transactions, with logs, as a real node sealed them. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 17, 150})
  void provesTheReceiptsOfARealBlockAndNothingElse(int transactions) {
    try (Anvil anvil = Anvil.start(AnvilOptions.USUAL.withoutMining());
        Signer signer = anvil.signer(0)) {
      anvil.setCode(ECHO, HexFormat.of().parseHex("60003560005261beef60206000a160206000f3"));
      for (int i = 0; i < transactions; i++) {
        byte[] word = new byte[32];
        word[30] = (byte) i;
        anvil.rpc(
            "eth_sendRawTransaction",
            signer
                .signTransaction(
                    new Eip1559Transaction(
                        1612,
                        i,
                        new Fees(Wei.of(1), Wei.of(10_000_000_000L)),
                        60_000,
                        Optional.of(ECHO),
                        Wei.ZERO,
                        word))
                .hex());
      }
      anvil.mine(1);
      JsonNode json = anvil.rpc("eth_getBlockByNumber", "latest", false);
      BlockHeader block = Reading.block(json);
      Hash256 root = Reading.read(ProvenReceipts.root(block.hash()), json).orElseThrow();
      JsonNode receipts = anvil.rpc("eth_getBlockReceipts", "latest");
      Question<Optional<List<TransactionReceipt>>> question = ProvenReceipts.receipts(block, root);
      assertThat(Reading.read(question, receipts).orElseThrow()).hasSize(transactions);
      for (int i = 0; i < transactions; i += 7) {
        JsonNode changed = receipts.deepCopy();
        ((ObjectNode) changed.get(i)).put("status", "0x0");
        assertThat(Reading.read(question, changed)).isEmpty();
        changed = receipts.deepCopy();
        ((ObjectNode) changed.get(i).get("logs").get(0)).put("data", "0x01");
        assertThat(Reading.read(question, changed)).isEmpty();
        changed = receipts.deepCopy();
        ((com.fasterxml.jackson.databind.node.ArrayNode) changed).remove(i);
        assertThat(Reading.read(question, changed)).isEmpty();
      }
      ((ObjectNode) json).put("receiptsRoot", "0x" + "11".repeat(32));
      assertThat(Reading.read(ProvenReceipts.root(block.hash()), json)).isEmpty();
    }
  }

  /** The empty tree's root is a constant of the yellow paper. */
  @Test
  void anEmptyTreeHasTheRootThatTheYellowPaperGives() {
    assertThat(PatriciaTrie.root(List.of()).hex())
        .isEqualTo("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    assertThat(PatriciaTrie.root(List.of("a".getBytes(StandardCharsets.US_ASCII))))
        .isNotEqualTo(PatriciaTrie.root(List.of("b".getBytes(StandardCharsets.US_ASCII))));
  }
}
