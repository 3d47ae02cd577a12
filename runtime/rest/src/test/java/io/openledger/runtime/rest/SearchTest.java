package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetScope;
import io.openledger.api.datanet.DatanetSearch;
import io.openledger.api.datanet.Purpose;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Questions about the content of datanets, over HTTP. */
class SearchTest {

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
  void contribute() throws Exception {
    rest.fresh();
    rest.post(
        "contributor",
        "api/datanets/clauses/contributions",
        """
        {"title": "A title", "text": "The text — é.", "licence": "CC-BY-4.0",
         "contributors": [{"contributor": "alice", "basisPoints": 10000}]}
        """);
  }

  private static JsonObject json(int status, HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue(status < 400 ? "application/json" : "application/problem+json");
    return Json.createReader(new StringReader(response.body())).readObject();
  }

  @Test
  void findsByPhrasesOfTheUrl() throws Exception {
    JsonObject found =
        json(
            200,
            rest.get(
                "user",
                "api/search?phrase=text%20%E2%80%94&phrase=%C3%A9&datanet=clauses&datanet=notes"
                    + "&purpose=train&limit=7"));
    assertThat(rest.fake.datanets.searches)
        .containsExactly(
            new DatanetSearch(
                List.of("text —", "é"),
                new DatanetScope(
                    Set.of(new DatanetId("clauses"), new DatanetId("notes")), Purpose.TRAIN),
                7));
    assertThat(found)
        .isEqualTo(
            Json.createReader(
                    new StringReader(
                        """
                        {"contributionCount": 1,
                         "phrases": [
                          {"phrase": "text —", "occurrences": 6, "contributionCount": 1},
                          {"phrase": "é", "occurrences": 1, "contributionCount": 1}],
                         "items": [
                          {"contribution": "clauses:1", "title": "A title", "placeCount": 2,
                           "places": [{"phrase": 0, "start": 4, "end": 10},
                                      {"phrase": 1, "start": 11, "end": 12}]}],
                         "datanets": [
                          {"datanet": "clauses", "version": 2, "accepted": 2, "active": 1,
                           "root": "%s"}]}"""
                            .formatted("0".repeat(64))))
                .readObject());
  }

  @Test
  void bodyAsksTheSame() throws Exception {
    JsonObject found = json(200, rest.get("user", "api/search?phrase=text"));
    assertThat(json(200, rest.post("user", "api/search", "{\"phrases\": \"text\"}")))
        .isEqualTo(found);
    assertThat(rest.fake.datanets.searches.get(1)).isEqualTo(DatanetSearch.of("text"));
    assertThat(rest.fake.datanets.searches.get(0)).isEqualTo(DatanetSearch.of("text"));
    json(
        200,
        rest.post(
            "user",
            "api/search",
            "{\"phrases\":[\"a\",\"b\"],\"datanets\":[\"x\"],\"purpose\":\"retrieve\",\"limit\":0}"));
    assertThat(rest.fake.datanets.searches.get(2))
        .isEqualTo(
            new DatanetSearch(
                List.of("a", "b"), DatanetScope.of(new DatanetId("x")).to(Purpose.RETRIEVE), 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api/search",
        "api/search?phrase=",
        "api/search?phrase=x&limit=101",
        "api/search?phrase=x&limit=-1",
        "api/search?phrase=x&purpose=sell",
        "api/search?phrase=x&datanet=UPPER"
      })
  void badQuestionIsRefused(String path) throws Exception {
    assertThat(json(400, rest.get("user", path)).getString("code")).isEqualTo("OPENLEDGER-1001");
    assertThat(rest.fake.datanets.searches).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "api/search|{}",
        "api/search|{\"phrases\":[5]}",
        "api/search|{\"phrases\":[\"x\"],\"limit\":101}",
        "api/search|{\"phrases\":[\"x\"],\"offset\":1}",
        "api/infini-gram/next|{}",
        "api/infini-gram/next|{\"text\":\"x\",\"purpose\":\"sell\"}",
        "api/infini-gram/next|{\"text\":\"x\",\"top\":1}",
        "api/infini-gram/likelihood|{\"text\":1}",
        "api/infini-gram/likelihood|{\"text\":\"x\",\"limit\":1}"
      })
  void badBodyIsRefused(String path, String body) throws Exception {
    assertThat(json(400, rest.post("user", path, body)).getString("code"))
        .isEqualTo("OPENLEDGER-1001");
    assertThat(rest.fake.datanets.scopes).isEmpty();
  }

  @Test
  void saysWhatComesNext() throws Exception {
    JsonObject next =
        json(
            200,
            rest.post(
                "user",
                "api/infini-gram/next",
                "{\"text\":\"The text\",\"datanets\":\"clauses\",\"purpose\":\"TRAIN\",\"limit\":3}"));
    assertThat(rest.fake.datanets.scopes)
        .containsExactly(DatanetScope.of(new DatanetId("clauses")).to(Purpose.TRAIN));
    assertThat(next.getInt("contextTokens")).isEqualTo(1);
    assertThat(next.getInt("contextStart")).isEqualTo(7);
    assertThat(next.getInt("occurrences")).isEqualTo(4);
    assertThat(next.getInt("ends")).isEqualTo(1);
    assertThat(next.getInt("distinct")).isEqualTo(2);
    assertThat(next.getJsonArray("tokens").toString())
        .isEqualTo("[{\"token\":7,\"text\":\" é\",\"count\":3,\"probability\":0.75}]");
    assertThat(next.getJsonArray("datanets")).hasSize(1);
  }

  @Test
  void saysHowLikelyATextIs() throws Exception {
    JsonObject likelihood =
        json(200, rest.post("user", "api/infini-gram/likelihood", "{\"text\":\"The text\"}"));
    assertThat(rest.fake.datanets.scopes).containsExactly(DatanetScope.all());
    assertThat(likelihood.getJsonNumber("bits").doubleValue()).isEqualTo(2);
    assertThat(likelihood.getInt("unseen")).isEqualTo(1);
    assertThat(likelihood.getJsonArray("tokens").getJsonObject(0).toString())
        .isEqualTo(
            "{\"start\":0,\"end\":1,\"contextTokens\":0,\"contextOccurrences\":8,\"occurrences\":2,"
                + "\"probability\":0.25}");
  }
}
