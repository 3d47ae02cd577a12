package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OpenAI's own client for JavaScript understands what it is answered. */
class OpenAiClientTest {

  private static OpenAiClient client;
  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    client = OpenAiClient.install();
    rest = new RestServer();
  }

  @AfterAll
  static void stop() {
    if (rest != null) {
      rest.close();
    }
  }

  @BeforeEach
  void fresh() {
    rest.fresh();
  }

  @Test
  void clientReadsAnswersAndStreams() throws Exception {
    client.tries(rest, "answers");
    assertThat(rest.fake.prompts).hasSize(1 + 1 + 3 + 2);
  }

  @Test
  void clientAsksForAMix() throws Exception {
    rest.fake.adapterNames = List.of("desk", "tone");
    client.tries(rest, "mixes");
    assertThat(rest.fake.mixes).hasSize(2);
  }

  @Test
  void clientReadsLogProbabilities() throws Exception {
    client.tries(rest, "scores");
  }

  @Test
  void clientReadsWhatASchemaAsksFor() throws Exception {
    rest.fake.words = List.of("{\"good\": ", "true}");
    client.tries(rest, "schema");
    assertThat(rest.fake.prompts.get(0).options().jsonSchema().orElseThrow()).contains("boolean");
  }

  @Test
  void clientThrowsTheRightClassOfErrors() throws Exception {
    client.tries(rest, "errors");
  }

  @Test
  void clientSeesThatTheServerIsBusy() throws Exception {
    rest.fake.failure =
        Optional.of(new OpenLedgerException(ErrorCode.BUSY, "64 waiting", "64", "call again"));
    client.tries(rest, "busy");
  }
}
