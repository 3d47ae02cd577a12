package io.openledger.chain.merkle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Uint256Test {

  private static final BigInteger MOST = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);

  /** The plain twin: 64 digits. */
  private static String digits(BigInteger number) {
    return String.format("%064x", number);
  }

  @Test
  void hasTheDigitsOfTheNumber() {
    long seed = 20261126;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int bits = 0; bits <= 256; bits++) {
      BigInteger number = new BigInteger(bits, random);
      assertThat(HexFormat.of().formatHex(Uint256.bytes(number))).isEqualTo(digits(number));
    }
    for (BigInteger number :
        new BigInteger[] {
          BigInteger.ZERO, BigInteger.TWO.pow(255), MOST, BigInteger.TWO.pow(248)
        }) {
      assertThat(HexFormat.of().formatHex(Uint256.bytes(number))).isEqualTo(digits(number));
    }
  }

  @Test
  void writesAllOfItsBytesAndNoOther() {
    byte[] out = new byte[40];
    Arrays.fill(out, (byte) 0x77);
    Uint256.put(BigInteger.ONE, out, 4);
    assertThat(HexFormat.of().formatHex(out))
        .isEqualTo("77777777" + digits(BigInteger.ONE) + "77777777");
  }

  @Test
  void refusesWhatIsNone() {
    for (BigInteger number : new BigInteger[] {MOST.add(BigInteger.ONE), BigInteger.valueOf(-1)}) {
      assertThatThrownBy(() -> Uint256.bytes(number))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("0 to 2^256 - 1");
    }
  }
}
