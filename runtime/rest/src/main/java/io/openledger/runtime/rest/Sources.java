package io.openledger.runtime.rest;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.Evidence;
import io.openledger.api.attribution.InfluenceEstimate;
import io.openledger.api.attribution.RetrievedPassage;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetRepository;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.stream.Stream;

/**
 * The contributions that evidence names, by id, with what a person needs to know of them: title,
 * licence, contributors. One table beside the evidence, because spans share contributions.
 */
final class Sources {

  /** How many contributions are looked up for one answer; the rest is found by id. */
  private static final int MOST = 50;

  private Sources() {}

  static JsonObjectBuilder of(TextAttribution attribution, DatanetRepository datanets) {
    JsonObjectBuilder table = Json.object();
    attribution.evidence().stream()
        .flatMap(e -> named(e).stream())
        .distinct()
        .limit(MOST)
        .forEach(id -> add(id, datanets, table));
    return table;
  }

  // The answer was given and is paid for: that a title cannot be had must not take it back.
  private static void add(ContributionId id, DatanetRepository datanets, JsonObjectBuilder table) {
    try {
      datanets
          .contribution(id)
          .ifPresent(
              c ->
                  table.add(
                      id.toString(),
                      Json.object()
                          .add("title", c.title())
                          .add("licence", c.licence().spdx())
                          .add(
                              "contributors",
                              Json.array(c.contributors(), ContributionJson::share))));
    } catch (OpenLedgerException e) {
      System.getLogger(Sources.class.getName())
          .log(System.Logger.Level.WARNING, "contribution " + id + " could not be looked up", e);
    }
  }

  private static List<ContributionId> named(Evidence evidence) {
    if (evidence instanceof SpanMatch span) {
      return Stream.concat(
              span.credits().stream().map(SpanCredit::contribution), span.contributions().stream())
          .toList();
    }
    if (evidence instanceof InfluenceEstimate influence) {
      return List.of(influence.contribution());
    }
    if (evidence instanceof RetrievedPassage passage) {
      return List.of(passage.contribution());
    }
    throw new IllegalStateException("evidence of a kind that has no form: " + evidence.getClass());
  }
}
