package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Policy;
import io.openledger.api.reward.Wei;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The hash that whoever deploys contracts, or proposes a policy, has to know. */
class PoliciesTest {

  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    rest = new RestServer();
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  @BeforeEach
  void fresh() {
    rest.fresh();
  }

  private static String hash(int version) {
    return new Policy(
            "default",
            version,
            Wei.of(100),
            Wei.of(10),
            FeeSplit.standard(),
            SpanThresholds.standard(),
            6000)
        .hash()
        .hex();
  }

  @Test
  void tellsTheHashOfTheVersionThatIsAskedFor() throws Exception {
    assertThat(rest.get("user", "api/policies").body())
        .contains("\"version\":1,", "\"name\":\"default\",\"hash\":\"" + hash(1) + "\"")
        .contains("\"feePerAnswer\":\"100\"", "\"CONTRIBUTORS\":7000");
    assertThat(rest.get("user", "api/policies?version=7").body())
        .contains("\"version\":7,", "\"hash\":\"" + hash(7) + "\"");
  }

  @Test
  void refusesWhatIsNoVersion() throws Exception {
    for (String version : new String[] {"0", "-1", "2147483648", "one", ""}) {
      assertThat(rest.get("user", "api/policies?version=" + version).statusCode())
          .as(version)
          .isEqualTo(400);
    }
  }
}
