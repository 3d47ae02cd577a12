package io.openledger.serving.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same as {@code java.util.regex} says of expressions that end; an answer for all others. */
@Timeout(60)
class ModulePatternTest {

  private static final String MODULE = "model.layers.12.self_attn.q_proj";

  private static boolean matches(String pattern, String path) {
    return ModulePattern.of(pattern).matches(path, new ModulePattern.Budget());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      textBlock =
          """
          .*\\.layers\\.(?:1[0-5]|2)\\..*(q|v)_proj            @ true
          ^(?!.*visual).*(?:q_proj|k_proj).*$                  @ true
          ^(?!.*self_attn).*(?:q_proj|k_proj).*$               @ false
          model\\.layers\\.\\d+\\.self_attn\\.[qkv]_proj       @ true
          model\\.layers\\.[\\d]{1,}\\.(?:self_attn|mlp)\\.\\w+ @ true
          .*?layers.*?(?:attn|mlp).*?q_proj.*?                 @ true
          \\bmodel\\b.*\\bq_proj\\b                            @ true
          (?P<all>.*)                                          @ true
          [^.]*                                                @ false
          (?=model)m.*                                         @ true
          .{32}                                                @ true
          .{33}                                                @ false
          (.?){100000}                                         @ true
          """)
  void readsWhatAdaptersHave(String pattern, boolean expected) {
    assertThat(matches(pattern, MODULE)).isEqualTo(expected);
    String java = pattern.replace("?P<all>", "");
    assertThat(Pattern.matches(java, MODULE)).isEqualTo(expected);
  }

  private static String expression(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 13)) {
      case 0 -> "a";
      case 1 -> "b";
      case 2 -> ".";
      case 3 -> "[^a]";
      case 4 -> random.nextBoolean() ? "\\." : "\\b";
      case 5, 6 -> expression(random, depth - 1) + expression(random, depth - 1);
      case 7 -> "(" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
      case 8 -> "(?:" + expression(random, depth - 1) + ")*";
      case 9 -> "(|" + expression(random, depth - 1) + ")+?";
      case 10 -> "(?:" + expression(random, depth - 1) + "){1,3}";
      case 11 -> "(?=" + expression(random, depth - 1) + ")";
      default -> "(?!" + expression(random, depth - 1) + ")";
    };
  }

  @Test
  void saysTheSameAsTheJdk() {
    long seed = 7;
    Random random = new Random(seed);
    int matched = 0;
    for (int i = 0; i < 20_000; i++) {
      String pattern = expression(random, 4);
      StringBuilder path = new StringBuilder();
      for (int length = random.nextInt(9); length > 0; length--) {
        path.append("ab.".charAt(random.nextInt(3)));
      }
      boolean expected = Pattern.matches(pattern, path);
      assertThat(matches(pattern, path.toString()))
          .as("seed %d: %s on %s", seed, pattern, path)
          .isEqualTo(expected);
      boolean end = Pattern.matches("(.*\\.)?(" + pattern + ")", path);
      assertThat(ModulePattern.of(pattern).matchesEnd(path.toString(), new ModulePattern.Budget()))
          .as("seed %d: %s at the end of %s", seed, pattern, path)
          .isEqualTo(end);
      matched += expected ? 1 : 0;
    }
    assertThat(matched).isBetween(1000, 19_000);
  }

  @Test
  void findsTheNumberOfALayer() {
    for (String pattern :
        new String[] {"layers", "[^.]*", "h", "l.*s", "model", "(a)?layers", "x(a)|layers", ""}) {
      Matcher matcher =
          Pattern.compile(".*\\.(?:" + pattern + ")\\.([0-9]{1,6})\\.").matcher(MODULE);
      String expected = matcher.lookingAt() ? matcher.group(matcher.groupCount()) : "";
      assertThat(ModulePattern.of(pattern).numberBehind(MODULE, new ModulePattern.Budget()))
          .as(pattern)
          .isEqualTo(expected);
    }
  }

  @Test
  void endsWhereTryingWouldNot() {
    // Each would be tried more often than there are atoms.
    String empties = "(|)".repeat(300);
    assertThat(matches(empties, MODULE)).isFalse();
    assertThat(matches("((){2147483647}){2147483647}", MODULE)).isFalse();
    assertThat(matches("(.*)*(.*)*(.*)*x", MODULE)).isFalse();
    assertThat(matches(".*" + "(a?|b?)".repeat(100) + "(?!)", MODULE)).isFalse();
  }

  @Test
  void refusesWhatTakesTooLong() {
    String pattern = ".*";
    for (int i = 0; i < 30; i++) {
      pattern = "(?=" + pattern + ".*)";
    }
    String slow = "(?:.*" + pattern + ".*)*";
    ModulePattern.Budget budget = new ModulePattern.Budget();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000_000; i++) {
                ModulePattern.of(slow).matches(MODULE, budget);
              }
            })
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_UNSUPPORTED);
              assertThat(e.getMessage()).contains("takes too long");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(", ")", "(a", "a)", "[", "[a", "[]", "[b-a]", "[\\d-z]", "*", "a**", "a*+", "a{",
        "a{2,1}", "a{x}", "{2}", "\\", "\\1", "\\A", "(?<=a)b", "(?i)a", "(?>a)", "(?(1)a)", "^*",
        "(?P=n)"
      })
  void refusesByName(String pattern) {
    assertThatThrownBy(() -> ModulePattern.of(pattern))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_UNSUPPORTED);
              assertThat(e.getMessage()).contains("the pattern " + pattern);
            });
  }

  @Test
  void refusesALongOneAndDeepGroups() {
    assertThatThrownBy(() -> ModulePattern.of("a".repeat(1001))).hasMessageContaining("1001");
    assertThatThrownBy(() -> ModulePattern.of("(".repeat(300))).hasMessageContaining("deeper");
  }
}
