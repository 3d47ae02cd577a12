package io.openledger.chain.connector.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.chain.connector.tx.L1DataFee;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With contracts at the oracle's address that know some of its functions and revert otherwise. */
class L1FeesTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Anvil anvil;
  private ChainClient client;
  private byte[] raw;

  @BeforeEach
  void start() {
    anvil = Anvil.start();
    client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, threads));
    raw = new byte[400];
    new Random(1).nextBytes(raw);
    raw[0] = 2;
  }

  @AfterEach
  void stop() {
    if (anvil != null) {
      anvil.close();
    }
    threads.shutdownNow();
  }

  /** Returns a word for each selector. */
  private static byte[] oracle(Map<String, Long> answers) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    for (Map.Entry<String, Long> each : answers.entrySet()) {
      String selector = HexFormat.of().formatHex(AbiSignature.parse(each.getKey()).selector());
      int next = code.size() + 30;
      // if (calldata[0..4] != selector) jump next; return the word
      code.writeBytes(
          HexFormat.of()
              .parseHex(
                  "60003560e01c63"
                      + selector
                      + "1415"
                      + String.format("61%04x57", next)
                      + String.format("63%08x", each.getValue())
                      + "60005260206000f3"
                      + "5b"));
      assertThat(code.size()).isEqualTo(next + 1);
    }
    code.writeBytes(HexFormat.of().parseHex("60006000fd"));
    return code.toByteArray();
  }

  @Test
  void isNothingWhereTheChainIsNoRollup() {
    assertThat(client.l1Fee(raw)).isEqualTo(Wei.ZERO);
  }

  @Test
  void isWhatTheOracleSays() {
    anvil.setCode(L1Fees.ORACLE, oracle(Map.of("getL1Fee(bytes)", 777L)));
    assertThat(client.l1Fee(raw)).isEqualTo(Wei.of(777));
  }

  @Test
  void isTheBoundWhereTheOracleKnowsThatAlone() {
    anvil.setCode(L1Fees.ORACLE, oracle(Map.of("getL1FeeUpperBound(uint256)", 888L)));
    assertThat(client.l1Fee(raw)).isEqualTo(Wei.of(888));
  }

  @Test
  void isComputedFromParametersWhereTheOracleTellsThoseAlone() {
    Map<String, Long> parameters = new LinkedHashMap<>();
    parameters.put("l1BaseFee()", 1_000_000_000L);
    parameters.put("blobBaseFee()", 10_000_000L);
    parameters.put("baseFeeScalar()", 2000L);
    parameters.put("blobBaseFeeScalar()", 3000L);
    anvil.setCode(L1Fees.ORACLE, oracle(parameters));
    assertThat(client.l1Fee(raw))
        .isEqualTo(
            new L1DataFee(Wei.of(1_000_000_000), Wei.of(10_000_000), 2000, 3000)
                .of(new SignedTransaction(raw)))
        .isGreaterThan(Wei.ZERO);
    parameters.put("baseFeeScalar()", 0xFFFFFFFFL);
    parameters.remove("blobBaseFee()");
    anvil.setCode(L1Fees.ORACLE, oracle(parameters));
    assertThat(client.l1Fee(raw)).isEqualTo(Wei.ZERO);
  }
}
