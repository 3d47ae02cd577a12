package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TinyModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No pattern and no text ends the process, as the native library would. */
@Timeout(120)
class SplitPatternTest {

  /** As much giving back as is let through: each of four ways once for each character. */
  private static final String WORST = "a?a*b|a*c|a*d|a+";

  @TempDir Path folder;

  private static String file(String regex) {
    JsonObject root = JsonParser.parseString(TinyModel.tokenizer()).getAsJsonObject();
    JsonObject split =
        JsonParser.parseString(
                "{\"type\": \"Split\", \"behavior\": \"Removed\", \"invert\": false,"
                    + " \"pattern\": {}}")
            .getAsJsonObject();
    split.getAsJsonObject("pattern").addProperty("Regex", regex);
    root.add("pre_tokenizer", split);
    return root.toString();
  }

  /** Reads a long text with the tokenizer of a folder: {@code main(folder, text, times, end)}. */
  static final class Child {
    public static void main(String[] arguments) {
      Path folder = Path.of(arguments[0]);
      String text = arguments[1].repeat(Integer.parseInt(arguments[2])) + arguments[3];
      try (HubTokenizer tokenizer = HubTokenizer.open(folder, folder.resolve("natives"))) {
        System.out.println("tokens " + tokenizer.encode(text).length());
      } catch (OpenLedgerException e) {
        System.out.println("refused " + e.code() + " " + e.getMessage());
      }
    }
  }

  private String child(String regex, String text, int times, String end) throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), file(regex));
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Child.class.getName(),
                    folder.toString(),
                    text,
                    String.valueOf(times),
                    end))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void survivesTheLongestTextWithTheWorstPatternThatIsLetThrough() throws Exception {
    assertThat(child(WORST, "a", HubTokenizer.LONGEST - 1, "x")).contains("tokens 1");
  }

  @Test
  void survivesATextOfBlanksOverTheLongest() throws Exception {
    // Ten million blanks before a letter, with the pattern of a published tokenizer.
    assertThat(child(PublishedTokenizersTest.LLAMA3, " ", 12_000_000, "x"))
        .contains("refused INVALID_ARGUMENT")
        .contains("at most " + HubTokenizer.LONGEST);
  }

  @Test
  void survivesAPatternThatTriesForEver() throws Exception {
    assertThat(child("(a+)+$", "a", 40, "b")).contains("refused CHECKPOINT_BROKEN");
  }

  @Test
  void tellsPatternsWhoseRepetitionsEndAtBlanks() {
    for (String published :
        List.of(
            PublishedTokenizersTest.LLAMA3,
            PublishedTokenizersTest.QWEN2,
            PublishedTokenizersTest.TEKKEN,
            PublishedTokenizersTest.DEEPSEEK3,
            "[\u4E00-\u9FA5]+")) {
      assertThat(SplitPattern.check(published).apart()).as(published).isTrue();
    }
    for (String mixed :
        List.of("[^a]*b", ".*b", "[\\s\\x{10000}]*b", "[ -~]+b", "\\W*a", "[\\h ]*a")) {
      assertThat(SplitPattern.check(mixed).apart()).as(mixed).isFalse();
    }
  }

  @Test
  void readsALongTextOfWordsAndRefusesALongRun() throws Exception {
    assertThat(child(PublishedTokenizersTest.LLAMA3, "word ", HubTokenizer.LONGEST / 4, ""))
        .contains("tokens");
    assertThat(child(PublishedTokenizersTest.LLAMA3, "A", HubTokenizer.LONGEST + 1, ""))
        .contains("refused INVALID_ARGUMENT");
    assertThat(child("[^b]+b", "a ", HubTokenizer.LONGEST, ""))
        .contains("refused INVALID_ARGUMENT");
  }

  @Test
  void refusesBlanksThatAPatternWouldLookThroughForEachOfThem() throws Exception {
    Files.writeString(folder.resolve("tokenizer.json"), file("\\s+$"));
    try (HubTokenizer tokenizer = HubTokenizer.open(folder, folder.resolve("natives"))) {
      assertThat(tokenizer.encode(" ".repeat(1000) + "x").length()).isPositive();
      assertThatThrownBy(() -> tokenizer.encodePrompt("\u3000".repeat(20_000) + "x"))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                assertThat(e.getMessage()).contains("blanks side by side");
              });
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        PublishedTokenizersTest.DEEPSEEK3,
        PublishedTokenizersTest.TEKKEN,
        WORST,
        "[^\\s]{1,3}x",
        "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+",
        "[\\p{Han}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}&&[^\\p{Han}]]+(?i:'s|'t)?",
        "(?i:'s|'t)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}| ?[^\\s\\p{L}]++[\\r\\n]*+|\\s*[\\r\\n]",
        "[\\x{4E00}-\\x{9FA5}]+",
        "\\u4E00*",
        "(?:\\r?\\n)?a"
      })
  void letsThrough(String regex) {
    SplitPattern.check(regex);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+$",
        "(a*)*b",
        "(?:a|a)*b",
        "(?:a|b)+",
        "a*a*b",
        "a+b?a+c",
        "(?:a*b)?a*c",
        "(a*)a*b",
        "(?:x|a*)a*b",
        "a?a*b|a?a*c|a*d",
        "a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?b",
        "(?:a|b|c|d)(?:a|b|c|d)(?:a|b|c|d)(?:a|b|c|d)(?:a|b|c|d)(?:a|b|c|d)(?:a|b|c|d)e",
        "(?:(?:(?:a|b){50000}){50000}){50000}",
        "a{100000}",
        "a{2}{3}",
        "a{1,3}+",
        "a+*",
        "a{2",
        "{2}",
        "*a",
        "(?=a*b)a",
        "(?=a)*b",
        "$*",
        "\\b+",
        "(a)\\1",
        "\\g<0>",
        "\\k<n>",
        "(?<n>a)",
        "(?<=a)b",
        "(?>a)",
        "(?x)a # b",
        "(?i)a",
        "(?~a)",
        "(?i:ssssssssssssssssssss)",
        "\\R",
        "\\X",
        "\\x4",
        "\\",
        "\\p{L",
        "(",
        "(a",
        "a)",
        "[",
        "[]a]",
        "[^]",
        "a]",
        "[[:aaaaaaaaaaaaaaaaaaaaaaaaaa:](b+)+]"
      })
  void refuses(String regex) {
    assertThatThrownBy(() -> SplitPattern.check(regex)).isInstanceOf(SplitPattern.Refused.class);
  }

  @Test
  void refusesPartsOneAfterAnotherThatDoubleATextEachTime() {
    JsonObject root = JsonParser.parseString(TinyModel.tokenizer()).getAsJsonObject();
    String twice = "{\"type\": \"Replace\", \"pattern\": {\"String\": \"a\"}, \"content\": \"aa\"}";
    for (String part : List.of("normalizer", "decoder")) {
      JsonObject file = root.deepCopy();
      file.add(
          part,
          JsonParser.parseString(
              "{\"type\": \"Sequence\", \"%ss\": [%s]}"
                  .formatted(part, String.join(",", java.util.Collections.nCopies(40, twice)))));
      refusedAs(file, "as much");
    }
    JsonObject bytes = root.deepCopy();
    String level = "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true}";
    bytes.add(
        "pre_tokenizer",
        JsonParser.parseString(
            "{\"type\": \"Sequence\", \"pretokenizers\": [%s, %s]}".formatted(level, level)));
    refusedAs(bytes, "ByteLevel twice");
  }

  private void refusedAs(JsonObject file, String what) {
    assertThatThrownBy(
            () -> {
              Files.writeString(folder.resolve("tokenizer.json"), file.toString());
              HubTokenizer.open(folder, folder.resolve("natives")).close();
            })
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_BROKEN);
              assertThat(e.getMessage()).contains(what);
            });
  }

  @Test
  void takesNoMoreTablesThanAFileHasRoomToName() throws Exception {
    String far = "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 4194303}, \"merges\": []}}";
    Files.writeString(folder.resolve("tokenizer.json"), far);
    assertThatThrownBy(() -> VocabularySize.of(far))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("4194303");
    assertThatThrownBy(() -> HubTokenizer.open(folder, folder.resolve("natives")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_BROKEN));
    assertThat(VocabularySize.of(far.replace("4194303", "65000"))).isEqualTo(65001);
  }
}
