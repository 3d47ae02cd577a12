package io.openledger.runtime.rest;

import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributionDraft;
import io.openledger.api.datanet.ContributorId;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.Purpose;
import io.openledger.runtime.OpenLedgerServers;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Contributions as JSON, without their text, and drafts of them with it. */
final class ContributionJson {

  private ContributionJson() {}

  static JsonObjectBuilder of(Contribution c) {
    JsonObjectBuilder json =
        Json.object()
            .add("id", c.id().toString())
            .add("datanet", c.id().datanet().value())
            .add("sequence", c.id().sequence())
            .add("title", c.title())
            .add("sha256", c.sha256().hex())
            .add("mediaType", c.mediaType())
            .add("characters", c.characters())
            .add("contributors", Json.array(c.contributors(), ContributionJson::share))
            .add("licence", c.licence().spdx())
            .add("purposes", Json.texts(c.purposes().stream().sorted().toList()))
            .add("acceptedAt", c.acceptedAt().toString())
            .add("status", c.status().name());
    Json.optional(json, "key", c.key());
    Json.optional(json, "source", c.source());
    Json.optional(json, "language", c.language());
    Json.optional(json, "date", c.date());
    return Json.optional(json, "nearDuplicateOf", c.nearDuplicateOf());
  }

  static JsonObjectBuilder share(ContributorShare s) {
    JsonObjectBuilder json =
        Json.object()
            .add("contributor", s.contributor().value())
            .add("basisPoints", s.basisPoints());
    return Json.optional(json, "address", s.address());
  }

  /** Reads what is to be contributed. */
  static ContributionDraft draft(JsonFields json) {
    ContributionDraft.Builder draft =
        ContributionDraft.builder(json.requiredText("text"))
            .title(json.text("title").orElse(""))
            .licence(json.text("licence").orElse(""))
            .contributors(shares(json.objects("contributors")));
    json.text("key").ifPresent(draft::key);
    json.text("mediaType").ifPresent(draft::mediaType);
    json.text("source").ifPresent(draft::source);
    json.text("language").ifPresent(draft::language);
    json.text("date").map(d -> Parameters.date("date", d)).ifPresent(draft::date);
    if (json.value("purposes").isPresent()) {
      draft.purposes(purposes(json.texts("purposes")));
    }
    json.requireAllRead();
    return draft.build();
  }

  static Set<Purpose> purposes(List<String> names) {
    return names.stream()
        .map(p -> Parameters.constant("purposes", p, Purpose.class))
        .collect(Collectors.toSet());
  }

  private static List<ContributorShare> shares(List<JsonFields> contributors) {
    return contributors.stream()
        .map(
            c -> {
              ContributorShare share =
                  new ContributorShare(
                      new ContributorId(c.requiredText("contributor")),
                      c.text("address").map(OpenLedgerServers.require()::parseAddress),
                      c.integer("basisPoints")
                          .orElseThrow(() -> c.refuse("basisPoints", "missing", "1 to 10000")));
              c.requireAllRead();
              return share;
            })
        .toList();
  }
}
