package io.openledger.samples.clausedesk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionDraft;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContributeRequestTest {

  private static final LocalDate TODAY = LocalDate.of(2026, 11, 21);
  private static final String ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

  @Test
  void readsEveryFieldOfTheForm() {
    ContributionDraft draft =
        parse(
            "{'key': 'k', 'title': ' Notice ', 'text': 'Notice is given in writing.',"
                + " 'licence': 'CC-BY-4.0', 'contributors': ["
                + "{'name': 'ann', 'share': 7000, 'address': '"
                + ADDRESS
                + "'}, {'name': 'bob', 'share': 3000, 'address': ' '}]}");
    assertThat(draft.key()).contains("k");
    assertThat(draft.title()).isEqualTo("Notice");
    assertThat(draft.text()).isEqualTo("Notice is given in writing.");
    assertThat(draft.licence().spdx()).isEqualTo("CC-BY-4.0");
    assertThat(draft.date()).contains(TODAY);
    assertThat(draft.contributors()).extracting(share -> share.basisPoints()).contains(7000, 3000);
    assertThat(draft.contributors().get(0).address().orElseThrow().value())
        .isEqualToIgnoringCase(ADDRESS);
    assertThat(draft.contributors().get(1).address()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'text': ' '|CONTRIBUTION_EMPTY",
        "'licence': ''|LICENCE_MISSING",
        "'licence': null|LICENCE_MISSING",
        "'title': ''|INVALID_ARGUMENT",
        "'contributors': []|SHARES_INVALID",
        "'contributors': [{'name': 'ann', 'share': 9999}]|SHARES_INVALID",
        "'contributors': [{'name': 'ann'}]|SHARES_INVALID",
        "'contributors': [{'name': 'a', 'share': 5000}, {'name': 'a', 'share': 5000}]|SHARES_INVALID",
        "'contributors': [{'name': 'Ann B.', 'share': 10000}]|INVALID_ARGUMENT",
        "'contributors': [{'name': 'a', 'share': 10000, 'address': '0x12'}]|INVALID_ARGUMENT",
        "'contributors': ['ann']|INVALID_ARGUMENT",
        "'contributors': 'ann'|INVALID_ARGUMENT",
      })
  void refusesEachWrongFieldWithItsCode(String field, ErrorCode code) {
    String name = field.substring(1, field.indexOf('\'', 1));
    StringBuilder json = new StringBuilder("{").append(field);
    String[] good = {
      "'title': 'T'",
      "'text': 'Some text.'",
      "'licence': 'CC0-1.0'",
      "'contributors': [{'name': 'ann', 'share': 10000}]"
    };
    for (String one : good) {
      if (!one.startsWith("'" + name + "'")) {
        json.append(", ").append(one);
      }
    }
    assertThatThrownBy(() -> parse(json.append('}').toString()))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static ContributionDraft parse(String json) {
    return ContributeRequest.parse(json.replace('\'', '"'), TODAY);
  }
}
