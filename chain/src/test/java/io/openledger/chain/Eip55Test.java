package io.openledger.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.spi.Settlement;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Eip55Test {

  private static final long SEED = 20261121;

  private final Settlement settlement = new CumulativeSettlement();

  /** The examples of the specification. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"
      })
  void acceptsAndSpellsTheExamplesOfTheSpecification(String address) {
    ChainAddress parsed = settlement.parseAddress(address);
    assertThat(parsed.value()).isEqualTo(address.toLowerCase(Locale.ROOT));
    assertThat(Eip55.spell(parsed)).isEqualTo(address);
  }

  @Test
  void acceptsOneCaseThroughout() {
    String lower = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";
    String upper = "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED";
    assertThat(settlement.parseAddress(lower)).isEqualTo(settlement.parseAddress(upper));
    String noLetters = "0x" + "1234567890".repeat(4);
    assertThat(settlement.parseAddress(noLetters).value()).isEqualTo(noLetters);
  }

  @Test
  void refusesMixedCaseWithAnyOneLetterInTheWrongCase() {
    String right = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    int refused = 0;
    for (int i = 2; i < right.length(); i++) {
      char c = right.charAt(i);
      if (Character.isLetter(c)) {
        char other = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
        String wrong = right.substring(0, i) + other + right.substring(i + 1);
        assertThatThrownBy(() -> settlement.parseAddress(wrong))
            .isInstanceOfSatisfying(
                OpenLedgerException.class,
                e -> {
                  assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                  assertThat(e.arrived()).contains(wrong).contains("EIP-55");
                  assertThat(e.getMessage()).doesNotContain(right);
                });
        refused++;
      }
    }
    assertThat(refused).isEqualTo(18);
  }

  /** One wrong digit passes where the new hash happens to agree on every letter: 0.0247 %. */
  @Test
  void refusesNearlyEveryMistypedDigit() {
    Random random = new Random(SEED);
    int passed = 0;
    int tried = 20_000;
    for (int i = 0; i < tried; i++) {
      byte[] bytes = new byte[20];
      random.nextBytes(bytes);
      StringBuilder typed =
          new StringBuilder(Eip55.spell(new ChainAddress("0x" + HexFormat.of().formatHex(bytes))));
      int at = 2 + random.nextInt(40);
      char now = typed.charAt(at);
      char other =
          "0123456789abcdef".charAt((Character.digit(now, 16) + 1 + random.nextInt(15)) % 16);
      typed.setCharAt(at, other);
      try {
        settlement.parseAddress(typed.toString());
        passed++;
      } catch (OpenLedgerException refused) {
        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      }
    }
    assertThat(passed).as("seed %d", SEED).isLessThan(tried / 200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0x",
        "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0X5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaedd",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg",
        " 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\n",
        "vitalik.eth"
      })
  void refusesWhatIsNotAnAddress(String typed) {
    assertThatThrownBy(() -> settlement.parseAddress(typed))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageStartingWith("OPENLEDGER-1001")
        .hasMessageContaining("0x and 40 hexadecimal digits");
  }
}
