package io.openledger.rollup.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.Wei;
import java.math.BigDecimal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

  @ParameterizedTest
  @CsvSource({
    "1, 1 vote is missing",
    "200, 200 votes are missing",
    "1.5, 1.5 votes are missing",
    "0.1, 0.1 votes are missing",
  })
  void missingVotesAreCounted(BigDecimal open, String told) {
    Wei amount = new Wei(open.movePointRight(18).toBigIntegerExact());
    assertThat(Words.missing(amount)).isEqualTo(told);
  }
}
