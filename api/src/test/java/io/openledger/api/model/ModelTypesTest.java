package io.openledger.api.model;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.api.spi.TokenizedText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTypesTest {

  @Test
  void aTextHasOneToAMillionCharacters() {
    assertThat(((Prompt.Text) Prompt.text("a".repeat(1_000_000)).content()).text())
        .hasSize(1_000_000);
    refuses("prompt is 0 characters", "1 to 1000000", () -> Prompt.text(""));
    refuses("prompt is 1000001", "1 to 1000000", () -> Prompt.text("a".repeat(1_000_001)));
  }

  @Test
  void aConversationHasOneToAThousandMessagesOfAMillionCharactersTogether() {
    ChatMessage half = ChatMessage.user("a".repeat(500_000));
    assertThat(Prompt.chat(List.of(half, half)).options()).isEqualTo(GenerationOptions.greedy(256));
    refuses("messages is 0", "1 to 1000", () -> Prompt.chat(List.of()));
    refuses(
        "messages is 1001",
        "1 to 1000",
        () -> Prompt.chat(Collections.nCopies(1001, ChatMessage.user("a"))));
    refuses(
        "conversation is 1000001",
        "at most 1000000",
        () -> Prompt.chat(List.of(half, half, ChatMessage.system("b"))));
  }

  @Test
  void refusalsOfPromptsDoNotRepeatThePrompt() {
    assertThat(
            refuses("prompt is", "1 to", () -> Prompt.text("secret".repeat(200_000))).getMessage())
        .doesNotContain("secret");
  }

  @Test
  void laterChangesOfTheListDoNotReachTheConversation() {
    List<ChatMessage> messages = new ArrayList<>(List.of(ChatMessage.user("a")));
    Prompt prompt = Prompt.chat(messages);
    messages.clear();
    assertThat(((Prompt.Chat) prompt.content()).messages()).hasSize(1);
    GenerationOptions other = GenerationOptions.greedy(7);
    assertThat(prompt.with(other)).isEqualTo(new Prompt(prompt.content(), other));
  }

  @Test
  void rolesAreSpelledAsChatTemplatesSpellThem() {
    assertThat(ChatMessage.user("a").role().label()).isEqualTo("user");
    assertThat(ChatMessage.system("a").role().label()).isEqualTo("system");
    assertThat(ChatMessage.assistant("a").role().label()).isEqualTo("assistant");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 2.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesTemperaturesOutOfRange(double temperature) {
    refuses(
        "temperature is " + temperature,
        "0 to 2",
        () -> GenerationOptions.sampled(1, temperature, 1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.1, Double.NaN})
  void refusesTopPOutOfRange(double topP) {
    refuses("top p is " + topP, "above 0, up to 1", () -> options(0, topP, List.of()));
  }

  @Test
  void refusesOtherOptionsOutOfRange() {
    refuses("max tokens is 0", "1 to 1000000", () -> GenerationOptions.greedy(0));
    refuses("max tokens is 1000001", "1 to 1000000", () -> GenerationOptions.greedy(1_000_001));
    refuses("top k is -1", "0 to 1000000", () -> options(-1, 1, List.of()));
    refuses("top k is 1000001", "0 to 1000000", () -> options(1_000_001, 1, List.of()));
    refuses("stop is 17 texts", "at most 16", () -> options(0, 1, Collections.nCopies(17, "s")));
    refuses("stop is 1 texts", "1 to 200 characters", () -> options(0, 1, List.of("")));
    refuses(
        "stop is 1 texts", "1 to 200 characters", () -> options(0, 1, List.of("s".repeat(201))));
    assertThat(options(0, 1, Collections.nCopies(16, "s".repeat(200))).stop()).hasSize(16);
  }

  @Test
  void usageAddsUpAndIsNeverBelowZero() {
    assertThat(new Usage(3, 4).totalTokens()).isEqualTo(7);
    refuses("usage is -1 and 0", "0 or more", () -> new Usage(-1, 0));
    refuses("usage is 0 and -1", "0 or more", () -> new Usage(0, -1));
  }

  @Test
  void engineSettingsHaveTheirLimits() {
    assertThat(settings(1, 1, 1, 0, 1, 0).limits().slots()).isEqualTo(1);
    refuses("adapter slots is 0", "1 to 4096", () -> settings(0, 1, 1, 0, 1, 0));
    refuses("adapter slots is 4097", "1 to 4096", () -> settings(4097, 1, 1, 0, 1, 0));
    refuses("largest rank is 513", "1 to 512", () -> settings(1, 513, 1, 0, 1, 0));
    refuses("largest batch is 257", "1 to 256", () -> settings(1, 1, 257, 0, 1, 0));
    refuses("largest context is -1", "0 to 1048576", () -> settings(1, 1, 1, -1, 1, 0));
    refuses("queue limit is 0", "1 to 1048576", () -> settings(1, 1, 1, 0, 0, 0));
    refuses("threads is 1025", "0 to 1024", () -> settings(1, 1, 1, 0, 1, 1025));
  }

  @Test
  void tokenizedTextsHaveAStartAndAnEndForEachToken() {
    assertThat(new TokenizedText(new int[2], new int[2], new int[2]).length()).isEqualTo(2);
    refuses(
        "2/1/2 entries", "as many", () -> new TokenizedText(new int[2], new int[1], new int[2]));
    refuses(
        "2/2/3 entries", "as many", () -> new TokenizedText(new int[2], new int[2], new int[3]));
  }

  @Test
  void wordsAreLettersDigitsMarksAndApostrophesBetweenThem() {
    assertThat(places("a b2 c")).isEqualTo("a| |b2| |c");
    assertThat(places("don't 'say' it's")).isEqualTo("don't| |'|say|'| |it's");
    assertThat(places("l\u2019eau")).isEqualTo("l\u2019eau");
    assertThat(places("well-known, U.S.")).isEqualTo("well|-|known|,| |U|.|S|.");
    // e and a combining acute; two letters beyond the first 65 536 characters
    assertThat(places("ne\u0301e \ud801\udc00\ud801\udc01"))
        .isEqualTo("ne\u0301e| |\ud801\udc00\ud801\udc01");
    // no blanks between words: every character
    assertThat(places("\u6c34\u9053 \u0e19\u0e49\u0e19"))
        .isEqualTo("\u6c34|\u9053| |\u0e19\u0e49|\u0e19");
    assertThat(TokenizedText.insideWord("ab", 0)).isFalse();
    assertThat(TokenizedText.insideWord("ab", 2)).isFalse();
  }

  private static String places(String text) {
    StringBuilder cut = new StringBuilder();
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      cut.append(at == 0 || TokenizedText.insideWord(text, at) ? "" : "|");
      cut.appendCodePoint(text.codePointAt(at));
    }
    return cut.toString();
  }

  @Test
  void aTokenGoesOnWithTheWordOrTheCharacterBegunBeforeIt() {
    // " un", "known", " ", and a smile in two tokens
    TokenizedText text =
        TokenizedText.of(
            " unknown \ud83d\ude00",
            new int[5],
            new int[] {0, 3, 8, 9, 9},
            new int[] {3, 8, 9, 11, 11});
    assertThat(text.continues()).containsExactly(false, true, false, false, true);
    assertThat(new TokenizedText(new int[2], new int[2], new int[2]).continues())
        .containsExactly(false, false);
  }

  private static GenerationOptions options(int topK, double topP, List<String> stop) {
    return GenerationOptions.of(1, Sampling.GREEDY.cut(topK, topP, 0), OptionalLong.empty(), stop);
  }

  private static Settings settings(
      int slots, int rank, int batch, int context, int queue, int threads) {
    Path path = Path.of("x");
    return new Settings(
        new ModelId("m"), path, path, new Limits(slots, rank, batch, context, queue), threads);
  }
}
