package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.model.TokenScore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Offsets of tokens in a text, also where bytes are no text. */
class ScoreJsonTest {

  private static TokenScore token(int... bytes) {
    List<Byte> all = new ArrayList<>();
    for (int b : bytes) {
      all.add((byte) b);
    }
    return new TokenScore(0, "t", all, -1, List.of());
  }

  private static List<Integer> offsets(String text, TokenScore... tokens) {
    return new ScoreJson(text, false)
        .text(List.of(tokens)).getJsonArray("text_offset").stream()
            .map(v -> ((jakarta.json.JsonNumber) v).intValue())
            .toList();
  }

  @Test
  void tokenAfterBytesThatAreNoTextHasItsPlace() {
    assertThat(offsets("a\uFFFDbc", token('a'), token(0xFF), token('b'), token('c')))
        .containsExactly(0, 1, 2, 3);
    assertThat(offsets("", token('a'), token(0xFF), token('b'), token('c')))
        .containsExactly(0, 1, 2, 3);
  }

  @Test
  void brokenCharacterIsAsLongAsTheTextShowsIt() {
    // a character that never ends: one U+FFFD for it, or one for each of its bytes
    assertThat(offsets("a\uFFFDbc", token('a', 0xE2), token(0x82), token('b'), token('c')))
        .containsExactly(0, 1, 1, 3);
    assertThat(offsets("a\uFFFD\uFFFDbc", token('a', 0xE2), token(0x82), token('b'), token('c')))
        .containsExactly(0, 1, 1, 4);
  }

  @Test
  void characterOfSeveralTokensBeginsWhereItsFirstTokenDoes() {
    assertThat(offsets("a€b", token('a'), token(0xE2), token(0x82), token(0xAC), token('b')))
        .containsExactly(0, 1, 1, 1, 2);
    assertThat(offsets("ab€", token('a', 'b', 0xE2, 0x82), token(0xAC))).containsExactly(0, 2);
  }

  @Test
  void tokenThatTheTextDoesNotShowHasNoLength() {
    assertThat(offsets("ab", token('a'), token('<', 's', '>'), token('b')))
        .containsExactly(0, 1, 1);
  }
}
