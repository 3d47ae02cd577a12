package io.openledger.rollup.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.governance.ProposalText;
import io.openledger.api.reward.ChainAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTextTest {

  private static ProposalText shown(String text) {
    return HostileText.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void plainTextStaysAsItIs() {
    ProposalText text = shown("More for contributors: 50 % → 55 %.\nGrüße, 貢献者 — z\u0301.");
    assertThat(text.shown())
        .isEqualTo("More for contributors: 50 % → 55 %.\nGrüße, 貢献者 — z\u0301.");
    assertThat(text.altered()).isFalse();
    assertThat(text.cut()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 7, 8, 13, 0x1B, 0x7F, 0x85, 0x200B, 0x200D, 0x200E, 0x202A, 0x202E, 0x2028, 0x2066,
        0x2069, 0xFEFF, 0xE000, 0xE0041, 0x3164, 0xFE0F, 0x061C, 0x00AD, 0x17B4, 0x16FE4, 0x1D159
      })
  void whatCannotBeSeenOrReordersIsReplaced(int codePoint) {
    ProposalText text = shown("a" + Character.toString(codePoint) + "b");
    assertThat(text.shown()).isEqualTo("a�b");
    assertThat(text.altered()).isTrue();
  }

  @Test
  void lettersCannotBeBuriedUnderMarks() {
    ProposalText text = shown("a" + "\u0335".repeat(50) + "b");
    assertThat(text.shown().chars().filter(c -> c == 0x335).count()).isEqualTo(3);
    assertThat(text.altered()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Send it to Trеasury.", "a\nОPEN", "GOΡEN", "Epoсh 7", "it is tіme", "ⲟpen"})
  void lettersThatLookLikeOthersAreTold(String text) {
    assertThat(HostileText.mixesAlphabets(text)).isTrue();
    assertThat(Warnings.of(List.of(), true, Optional.of(shown(text))))
        .singleElement()
        .asString()
        .contains("different alphabets");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "More for contributors: 50 %.",
        "Доля авторов и OPEN",
        "OPENを貢献者に",
        "Grüße, z\u0301",
        "Μέρος β"
      })
  void textsInSeveralLanguagesAreNotSuspected(String text) {
    assertThat(HostileText.mixesAlphabets(text)).isFalse();
    assertThat(Warnings.of(List.of(), true, Optional.of(shown(text)))).isEmpty();
  }

  @Test
  void megabyteIsCutAndItsLengthTold() {
    ProposalText text = shown("x".repeat(1 << 20));
    assertThat(text.shown()).hasSize(ProposalText.LONGEST);
    assertThat(text.cut()).isTrue();
    assertThat(text.bytes()).isEqualTo(1 << 20);
    assertThat(shown("\uD83D\uDE00".repeat(1 << 18)).shown().length())
        .isLessThanOrEqualTo(ProposalText.LONGEST);
  }

  @Test
  void bytesThatAreNoUtf8AreShownAsReplaced() {
    ProposalText text = HostileText.of(new byte[] {'a', (byte) 0xC3, '(', (byte) 0xFF});
    assertThat(text.shown()).startsWith("a").contains("�");
    assertThat(text.altered()).isTrue();
  }

  @Test
  void endThatReservesTheProposalIsFound() {
    String address = "0x" + "aB".repeat(20);
    assertThat(shown("text #proposer=" + address).boundTo()).contains(new ChainAddress(address));
    assertThat(shown("#proposer=" + address).boundTo()).contains(new ChainAddress(address));
    assertThat(shown("#proposer=" + address + "\n").boundTo()).isEmpty();
    assertThat(shown("#proposer=" + address + "0").boundTo()).isEmpty();
    assertThat(shown("#proposer=0x" + "zz".repeat(20)).boundTo()).isEmpty();
    assertThat(shown(address).boundTo()).isEmpty();
  }

  @Test
  void randomBytesAlwaysComeOutVisible() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 2_000; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      ProposalText text = HostileText.of(bytes);
      assertThat(text.shown().codePoints().filter(Character::isISOControl).filter(c -> c != '\n'))
          .as("seed %d", seed)
          .isEmpty();
      assertThat(text.shown().codePoints().map(Character::getType))
          .doesNotContain((int) Character.FORMAT, (int) Character.SURROGATE);
      assertThat(HostileText.of(text.shown().getBytes(StandardCharsets.UTF_8)).shown())
          .isEqualTo(text.shown());
    }
  }
}
