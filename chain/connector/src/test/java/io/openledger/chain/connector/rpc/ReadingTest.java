package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a hostile endpoint may send in place of a result. */
class ReadingTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String A = "0x" + "aa".repeat(32);
  private static final String B = "0x" + "bb".repeat(32);
  private static final String BLOCK =
      ("{'number':'0x7','hash':'A','parentHash':'B','timestamp':'0x65','baseFeePerGas':'0x9'}")
          .replace("A", A)
          .replace("B", B)
          .replace('\'', '"');
  private static final String LOG =
      ("{'address':'0x00000000000000000000000000000000000000e0','topics':['B'],'data':'0x01',"
              + "'blockNumber':'0x7','blockHash':'A','transactionHash':'B','logIndex':'0x0'}")
          .replace("A", A)
          .replace("B", B)
          .replace('\'', '"');
  private static final String RECEIPT =
      ("{'transactionHash':'B','blockNumber':'0x7','blockHash':'A','status':'0x1','gasUsed':'0x5',"
                  + "'effectiveGasPrice':'0x1','contractAddress':null,'l1Fee':'0x3','logs':[")
              .replace("A", A)
              .replace("B", B)
              .replace('\'', '"')
          + LOG
          + "]}";

  private static JsonNode json(String text) throws Exception {
    return JSON.readTree(text);
  }

  private static void refuses(Question<?> question, JsonNode result) {
    assertThatThrownBy(() -> Reading.read(question, result))
        .as("%s", result)
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsWhatIsRight() throws Exception {
    assertThat(Reading.read(Question.block(7), json(BLOCK)).orElseThrow().number()).isEqualTo(7);
    TransactionReceipt receipt =
        Reading.read(Question.receipt(Hash256.parse(B)), json(RECEIPT)).orElseThrow();
    assertThat(receipt.logs()).hasSize(1);
    assertThat(receipt.l1Fee().orElseThrow().value()).isEqualTo(3);
    assertThat(Reading.read(Question.block(7), NullNode.instance)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"0x7\"|\"0x8\"",
        "\"0x7\"|\"7\"",
        "\"0x7\"|7",
        "\"0x7\"|\"0x\"",
        "\"0x7\"|\"0x8000000000000000\"",
        "\"0x65\"|\"0xffffffffffffff\"",
        "\"0x9\"|\"-0x9\"",
        "\"0x9\"|\"0x10000000000000000000000000000000000000000000000000000000000000000\"",
        "\"hash\"|\"hush\"",
        "aaaa|aa"
      })
  void refusesABlockThatIsNone(String right, String wrong) throws Exception {
    refuses(Question.block(7), json(BLOCK.replaceFirst(right, wrong)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"0x1\"", "{}", "7", "true"})
  void refusesOtherTypes(String other) throws Exception {
    refuses(Question.block(7), json(other));
    refuses(Question.code(new ChainAddress("0x" + "11".repeat(20)), "latest"), json("7"));
    refuses(Question.chainId(), NullNode.instance);
    refuses(Question.receipt(Hash256.parse(B)), json("{\"blockHash\":\"0x1\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"status\":\"0x1\"|\"status\":\"0x2\"",
        "\"status\":\"0x1\"|\"root\":\"0x1\"",
        "\"logIndex\":\"0x0\"|\"logIndex\":\"0xffffffff\"",
        "\"data\":\"0x01\"|\"data\":\"0x0\"",
        "\"gasUsed\":\"0x5\"|\"gasUsed\":\"0xffffffffffffffffff\""
      })
  void refusesAReceiptThatIsNone(String right, String wrong) throws Exception {
    assertThat(RECEIPT).contains(right);
    refuses(Question.receipt(Hash256.parse(B)), json(RECEIPT.replace(right, wrong)));
  }

  @Test
  void refusesAReceiptOrALogOfSomethingElse() throws Exception {
    refuses(Question.receipt(Hash256.ZERO), json(RECEIPT));
    int log = RECEIPT.indexOf("\"logs\"");
    refuses(
        Question.receipt(Hash256.parse(B)),
        json(RECEIPT.substring(0, log) + RECEIPT.substring(log).replace("\"0x7\"", "\"0x8\"")));
    EventFilter wanted =
        new EventFilter(
            Set.of(new ChainAddress("0x00000000000000000000000000000000000000e0")),
            Set.of(Hash256.parse(B)));
    assertThat(Reading.read(Question.logs(wanted, 7, 7), json("[" + LOG + "]"))).hasSize(1);
    refuses(Question.logs(wanted, 8, 9), json("[" + LOG + "]"));
    refuses(Question.logs(wanted, 7, 7), json("[" + LOG + "," + LOG + "]"));
    refuses(
        Question.logs(wanted, 7, 7), json("[" + LOG.replaceFirst("\\[\"" + B, "[\"" + A) + "]"));
    refuses(Question.logs(wanted, 7, 7), json("[" + LOG.replace("00e0\"", "00e1\"") + "]"));
  }
}
