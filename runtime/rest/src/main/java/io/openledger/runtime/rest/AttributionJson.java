package io.openledger.runtime.rest;

import io.openledger.api.attribution.Evidence;
import io.openledger.api.attribution.InfluenceEstimate;
import io.openledger.api.attribution.RetrievedPassage;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.reward.Credit;
import jakarta.json.JsonObjectBuilder;

/** Evidence and credits as JSON, with the names that receipts use. */
final class AttributionJson {

  private AttributionJson() {}

  static JsonObjectBuilder of(TextAttribution a) {
    JsonObjectBuilder json =
        Json.object()
            .add("tokens", a.tokens())
            .add("coveredTokens", a.coveredTokens())
            .add("datanets", Json.array(a.datanets(), DatanetJson::of))
            .add("evidence", Json.array(a.evidence(), AttributionJson::of));
    if (a.unlisted().spans() > 0) {
      json.add(
          "unlisted",
          Json.object()
              .add("spans", a.unlisted().spans())
              .add("credited", Json.array(a.unlisted().credits(), AttributionJson::of)));
    }
    return json;
  }

  static JsonObjectBuilder of(Evidence evidence) {
    if (evidence instanceof SpanMatch s) {
      return span(s).add("kind", "span");
    }
    if (evidence instanceof InfluenceEstimate i) {
      return Json.object()
          .add("kind", "influence")
          .add("contribution", i.contribution().toString())
          .add("nats", i.nats())
          .add("method", i.method());
    }
    if (evidence instanceof RetrievedPassage p) {
      return Json.object()
          .add("kind", "passage")
          .add("contribution", p.contribution().toString())
          .add("start", p.start())
          .add("end", p.end())
          .add("nats", p.nats());
    }
    throw new IllegalStateException("evidence of a kind that has no form: " + evidence.getClass());
  }

  private static JsonObjectBuilder span(SpanMatch s) {
    return Json.object()
        .add("start", s.start())
        .add("end", s.end())
        .add("tokens", s.tokens())
        .add("millibits", s.millibits())
        .add("creditedMillibits", s.creditedMillibits())
        .add("occurrences", s.occurrences())
        .add("contributionCount", s.contributionCount())
        .add("contributions", Json.texts(s.contributions()))
        .add("credited", Json.array(s.credits(), AttributionJson::of));
  }

  private static JsonObjectBuilder of(SpanCredit c) {
    return Json.object()
        .add("contribution", c.contribution().toString())
        .add("millibits", c.millibits());
  }

  static JsonObjectBuilder of(Credit c) {
    JsonObjectBuilder json =
        Json.object()
            .add("role", c.role().name())
            .add("account", c.account().toString())
            .add("amount", c.amount().toString());
    return Json.optional(json, "contribution", c.contribution());
  }
}
