package io.openledger.chain.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Keccak256Test {

  /**
   * The empty string and "abc" as the Keccak team's test vectors have them; the selector of {@code
   * transfer(address,uint256)} begins with a9059cbb in every ERC-20 contract.
   */
  @ParameterizedTest
  @CsvSource({
    "'', c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
    "abc, 4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
    "'transfer(address,uint256)', a9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b"
  })
  void givesThePublishedHashes(String text, String hash) {
    assertThat(HexFormat.of().formatHex(Keccak256.hash(text.getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(hash);
  }

  @Test
  void pairsDoNotDependOnTheOrderOfTheChildren() {
    byte[] children = new byte[64];
    children[0] = (byte) 0x80; // the larger one only if bytes are read unsigned
    children[32] = 0x7f;
    byte[] swapped = new byte[64];
    swapped[0] = 0x7f;
    swapped[32] = (byte) 0x80;
    byte[] a = new byte[32];
    byte[] b = new byte[32];
    new Keccak256().pair(children, 0, children, 32, a, 0);
    new Keccak256().pair(swapped, 0, swapped, 32, b, 0);
    assertThat(a).isEqualTo(b).isEqualTo(Keccak256.hash(swapped));
  }
}
