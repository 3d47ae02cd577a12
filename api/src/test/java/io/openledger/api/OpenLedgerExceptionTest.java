package io.openledger.api;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenLedgerExceptionTest {

  @Test
  void theMessageSaysCodeWhatArrivedWhatIsAllowedAndWhatToDo() {
    IOException cause = new IOException("disk");
    OpenLedgerException e =
        new OpenLedgerException(
            ErrorCode.INDEX_IO, "no space", "a disk with space", "free some", cause);
    assertThat(e)
        .hasMessage("OPENLEDGER-4004: no space; allowed: a disk with space; free some")
        .hasCause(cause)
        .isInstanceOf(RuntimeException.class);
    assertThat(List.of(e.code(), e.arrived(), e.allowed(), e.remedy()))
        .containsExactly(ErrorCode.INDEX_IO, "no space", "a disk with space", "free some");
  }

  @Test
  void aPartThatComesFromAHostileFileEndsSomewhere() {
    String name = "n".repeat(5000);
    OpenLedgerException e = new OpenLedgerException(ErrorCode.ADAPTER_BROKEN, name, name, "c");
    assertThat(e.arrived()).isEqualTo("n".repeat(1000) + "…").isEqualTo(e.allowed());
    assertThat(e.getMessage()).hasSizeLessThan(2100);
  }

  @Test
  void noPartOfTheMessageMayBeLeftOut() {
    assertThatNullPointerException()
        .isThrownBy(() -> new OpenLedgerException(ErrorCode.BUSY, null, "b", "c"));
    assertThatNullPointerException()
        .isThrownBy(() -> new OpenLedgerException(ErrorCode.BUSY, "a", null, "c"));
    assertThatNullPointerException()
        .isThrownBy(() -> new OpenLedgerException(ErrorCode.BUSY, "a", "b", null));
    assertThatNullPointerException().isThrownBy(() -> new OpenLedgerException(null, "a", "b", "c"));
  }

  @Test
  void aHostileTextIsCutAndCannotForgeALineOfALog() {
    OpenLedgerException e =
        OpenLedgerException.invalidText("name", "a\r\nERROR\u001b[31m" + "x".repeat(1000), "words");
    assertThat(e.arrived())
        .startsWith("name is 'a??ERROR?[31mxxx")
        .endsWith("…'")
        .hasSizeLessThan(100);
    assertThat(e.getMessage()).doesNotContain("\n", "\r", "\u001b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "clause-desk", "a.b_c-d", "9-", "llama3.1"})
  void acceptsNames(String name) {
    assertThat(Names.require("model", name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", ".a", "-a", "_a", "a b", "a/b", "ä", "a\n", "a:b"})
  void refusesNamesOfAnotherForm(String name) {
    refuses("model is '", Names.FORM, () -> Names.require("model", name));
  }

  @Test
  void namesHave64CharactersAtMost() {
    assertThat(Names.require("model", "a".repeat(64))).hasSize(64);
    refuses("model is 'aaa", "1 to 64", () -> Names.require("model", "a".repeat(65)));
  }
}
