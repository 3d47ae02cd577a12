package io.openledger.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode.Category;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {

  /** By the first word of a name, in which thousand its number is. */
  private static final Map<String, Integer> THOUSANDS =
      Map.ofEntries(
          Map.entry("DATANET", 2),
          Map.entry("CONTRIBUTION", 2),
          Map.entry("LICENCE", 2),
          Map.entry("SHARES", 2),
          Map.entry("MODEL", 3),
          Map.entry("CHECKPOINT", 3),
          Map.entry("ADAPTER", 3),
          Map.entry("PROMPT", 3),
          Map.entry("CHAT", 3),
          Map.entry("DEVICE", 3),
          Map.entry("ATTRIBUTION", 4),
          Map.entry("INDEX", 4),
          Map.entry("ACCOUNT", 5),
          Map.entry("RECEIPT", 5),
          Map.entry("EPOCH", 5),
          Map.entry("PROOF", 4),
          Map.entry("CORPUS", 4),
          Map.entry("LEDGER", 5),
          Map.entry("PAYMENT", 5),
          Map.entry("CHAIN", 5),
          Map.entry("SIGNING", 5),
          Map.entry("LEAF", 5),
          Map.entry("POLICY", 5),
          Map.entry("PROPOSAL", 5),
          Map.entry("VOTES", 5),
          Map.entry("CHANGE", 5),
          Map.entry("CONFIGURATION", 6),
          Map.entry("STORAGE", 6),
          Map.entry("INTERNAL", 9));

  @Test
  void noNumberMeansTwoThings() {
    assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::number)).doesNotHaveDuplicates();
  }

  @Test
  void numbersRiseAndStayInTheirRanges() {
    assertThat(Arrays.stream(ErrorCode.values()).map(ErrorCode::number)).isSorted();
    assertThat(Arrays.stream(ErrorCode.values()).map(c -> c.number() / 1000))
        .containsOnly(1, 2, 3, 4, 5, 6, 9);
  }

  @ParameterizedTest
  @EnumSource
  void aNumberLiesInTheRangeOfWhatTheNameSpeaksOf(ErrorCode code) {
    Integer thousand = THOUSANDS.get(code.name().split("_")[0]);
    if (thousand != null) {
      assertThat(code.number() / 1000).isEqualTo(thousand);
    } else {
      assertThat(code.number() / 1000).as("%s is not of a range of its own", code).isIn(1, 6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theIdIsTheNumberWithThePrefix(ErrorCode code) {
    assertThat(code.id()).matches("OPENLEDGER-\\d{4}").endsWith("-" + code.number());
  }

  @Test
  void whatIsUnknownIsNotFoundAndWhatIsTooLargeSaysSo() {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().endsWith("_UNKNOWN")) {
        assertThat(code.category()).as(code.name()).isEqualTo(Category.NOT_FOUND);
      }
      if (code.name().endsWith("TOO_LARGE") || code.name().endsWith("TOO_LONG")) {
        assertThat(code.category()).as(code.name()).isEqualTo(Category.TOO_LARGE);
      }
      if (code.name().endsWith("_EXISTS")) {
        assertThat(code.category()).as(code.name()).isEqualTo(Category.CONFLICT);
      }
    }
  }

  /** Published numbers, which administrators search for and scripts compare. */
  @Test
  void publishedNumbersKeepTheirMeaning() {
    assertThat(ErrorCode.INVALID_ARGUMENT.id()).isEqualTo("OPENLEDGER-1001");
    assertThat(ErrorCode.CONTRIBUTION_ENCODING.id()).isEqualTo("OPENLEDGER-2006");
    assertThat(ErrorCode.SHARES_INVALID.id()).isEqualTo("OPENLEDGER-2009");
    assertThat(ErrorCode.PROMPT_TOO_LONG.id()).isEqualTo("OPENLEDGER-3008");
    assertThat(ErrorCode.ATTRIBUTION_FAILED.id()).isEqualTo("OPENLEDGER-4001");
    assertThat(ErrorCode.LEDGER_UNAVAILABLE.id()).isEqualTo("OPENLEDGER-5004");
    assertThat(ErrorCode.CONFIGURATION_INVALID.id()).isEqualTo("OPENLEDGER-6001");
    assertThat(ErrorCode.INTERNAL.id()).isEqualTo("OPENLEDGER-9001");
  }
}
