package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.TokenizedText;
import io.openledger.serving.TinyModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets in UTF-16, whole characters, special tokens, broken files. */
class HubTokenizerTest {

  @TempDir static Path natives;
  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer());
  }

  @Test
  void coversTheWholeCharacterWithEachOfItsBytes() {
    // a, a face outside the basic plane, an e with a combining accent, two surrogate halves alone.
    String text = "a\uD83D\uDE00e\u0301\uD83D-\uDE00 z";
    try (HubTokenizer tokenizer = HubTokenizer.open(folder, natives)) {
      TokenizedText tokens = tokenizer.encode(text);
      int at = 0;
      for (int unit = 0; unit < text.length(); ) {
        boolean pair =
            unit + 1 < text.length()
                && Character.isSurrogatePair(text.charAt(unit), text.charAt(unit + 1));
        String character = text.substring(unit, unit + (pair ? 2 : 1));
        boolean lone = !pair && Character.isSurrogate(character.charAt(0));
        int bytes = lone ? 3 : character.getBytes(StandardCharsets.UTF_8).length;
        for (int i = 0; i < bytes; i++, at++) {
          assertThat(tokens.starts()[at]).as("start of token %d", at).isEqualTo(unit);
          assertThat(tokens.ends()[at])
              .as("end of token %d", at)
              .isEqualTo(unit + character.length());
        }
        unit += character.length();
      }
      assertThat(tokens.length()).isEqualTo(at);
      assertThat(tokenizer.decode(tokens.tokens()))
          .isEqualTo("a\uD83D\uDE00e\u0301\uFFFD-\uFFFD z");
    }
  }

  @Test
  void addsSpecialTokensToPromptsAlone() throws Exception {
    try (HubTokenizer tokenizer = HubTokenizer.open(folder, natives)) {
      assertThat(tokenizer.encode("ab").tokens()).containsExactly('a', 'b');
      assertThat(tokenizer.encode("").tokens()).isEmpty();
      assertThat(tokenizer.encodePrompt("ab")).containsExactly(256, 'a', 'b');
      assertThat(tokenizer.encodePrompt("<s>ab<|user|>")).containsExactly(256, 'a', 'b', 258);
      assertThat(tokenizer.decode(new int[] {256, 'a', 257})).isEqualTo("a");
      assertThat(tokenizer.vocabularySize()).isEqualTo(259);
      assertThat(tokenizer.digest())
          .isEqualTo(Hash256.sha256(Files.readAllBytes(folder.resolve("tokenizer.json"))));
      assertThatThrownBy(() -> tokenizer.decode(new int[] {-1}))
          .isInstanceOf(OpenLedgerException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}}}",
        "{\"model\": {\"type\": \"Telepathy\", \"vocab\": {}}}"
      })
  void refusesATokenizerThatIsNone(String content) throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), content);
    assertThatThrownBy(() -> HubTokenizer.open(folder, natives))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_BROKEN);
              assertThat(e.getMessage()).contains("tokenizer.json");
            });
  }

  @Test
  void leavesTheProcessAsItFoundIt() throws Exception {
    String before = System.getProperties().toString();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    HubTokenizer tokenizer = HubTokenizer.open(folder, natives);
    tokenizer.close();
    tokenizer.close();
    assertThat(System.getProperties().toString()).isEqualTo(before);
    assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(loader);
    assertThatThrownBy(() -> tokenizer.encode("a"))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
  }
}
