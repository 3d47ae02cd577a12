package io.openledger.samples.clausedesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.Prompt;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DraftRequestTest {

  @Test
  void theModelReadsExactlyWhatWasTyped() {
    DraftRequest request = DraftRequest.parse("{\"beginning\": \" Duty of care:  \"}");
    assertThat(((Prompt.Text) request.prompt().content()).text()).isEqualTo(" Duty of care:  ");
  }

  @Test
  void whatIsNotSaidHasItsDefault() {
    DraftRequest request = DraftRequest.parse("{\"beginning\": \"x\", \"seed\": null}");
    assertThat(request.tokens()).isEqualTo(100);
    assertThat(request.temperature()).isZero();
    assertThat(request.seed()).isZero();
  }

  @Test
  void optionsReachTheModel() {
    DraftRequest request =
        DraftRequest.parse(
            "{\"beginning\": \"x\", \"tokens\": 400, \"temperature\": 1.5, \"seed\": 2147483647}");
    assertThat(request.prompt().options().maxTokens()).isEqualTo(400);
    assertThat(request.prompt().options().sampling().temperature()).isEqualTo(1.5);
    assertThat(request.prompt().options().seed()).hasValue(Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|beginning is missing",
        "{'beginning': ' '}|beginning is blank",
        "{'beginning': 7}|beginning is of the type NUMBER",
        "{'beginning': 'x', 'tokens': 0}|tokens is 0",
        "{'beginning': 'x', 'tokens': 401}|tokens is 401",
        "{'beginning': 'x', 'tokens': 1.5}|tokens is 1.5",
        "{'beginning': 'x', 'tokens': 99999999999999999999}|tokens is 99999999999999999999",
        "{'beginning': 'x', 'tokens': '5'}|tokens is of the type STRING",
        "{'beginning': 'x', 'temperature': -0.1}|temperature is -0.1",
        "{'beginning': 'x', 'temperature': 2.1}|temperature is 2.1",
        "{'beginning': 'x', 'temperature': 1e400}|temperature is",
        "{'beginning': 'x', 'seed': -1}|seed is -1",
        "{'beginning': 'x', 'draft': 'mine'}|draft is 4 characters",
        "{'beginning': 'x', 'model': 'other'}|a field of the request is 'model'",
      })
  void refusesEachWrongFieldByName(String json, String arrived) {
    refusal(json.replace('\'', '"'), ErrorCode.INVALID_ARGUMENT).hasMessageContaining(arrived);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"[]", "7", "{", "``", "{\"a\":}"})
  void refusesWhatIsNotAnObject(String body) {
    refusal(body, ErrorCode.MALFORMED_REQUEST).hasMessageContaining("not a JSON object");
  }

  @Test
  void refusesABeginningOverTheLimitWithoutRepeatingIt() {
    refusal("{\"beginning\": \"" + "x".repeat(4001) + "\"}", ErrorCode.INVALID_ARGUMENT)
        .hasMessageContaining("4001 characters")
        .hasMessageNotContaining("xxx");
  }

  private static AbstractThrowableAssert<?, ?> refusal(String body, ErrorCode code) {
    return assertThatThrownBy(() -> DraftRequest.parse(body))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
