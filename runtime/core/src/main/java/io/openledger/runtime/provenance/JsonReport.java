package io.openledger.runtime.provenance;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.Purpose;
import io.openledger.api.provenance.Receipt;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.Optional;

/** The report as canonical JSON: the same answer in the same state gives the same bytes. */
final class JsonReport {

  private JsonReport() {}

  static String write(ReportData data) {
    JsonArrayBuilder contributions = CanonicalJson.array();
    data.contributions()
        .forEach(
            (id, c) ->
                contributions.add(
                    contribution(
                        c,
                        Optional.ofNullable(data.leaves().get(id)).orElseThrow(),
                        Optional.ofNullable(data.commitments().get(id)))));
    JsonObjectBuilder report =
        CanonicalJson.object()
            .add("format", "openledger-report-1")
            .add("receipt", ReceiptCodec.write(data.receipt().body()))
            .add("hash", data.receipt().hash().hex())
            .add("contributions", contributions)
            .add("verification", verification(data.receipt().body()));
    data.receipt()
        .link()
        .ifPresent(
            link ->
                report.add(
                    "link",
                    CanonicalJson.object()
                        .add("number", link.number())
                        .add("previous", link.previous().hex())
                        .add("value", link.value().hex())));
    data.answer().ifPresent(text -> report.add("answer", text));
    return CanonicalJson.write(report.build());
  }

  private static JsonObjectBuilder contribution(
      Contribution c, Hash256 leaf, Optional<JsonObject> commitment) {
    JsonArrayBuilder contributors = CanonicalJson.array();
    for (ContributorShare share : c.contributors()) {
      JsonObjectBuilder one =
          CanonicalJson.object()
              .add("contributor", share.contributor().value())
              .add("basisPoints", share.basisPoints());
      share.address().ifPresent(a -> one.add("address", a.value()));
      contributors.add(one);
    }
    JsonArrayBuilder purposes = CanonicalJson.array();
    c.purposes().stream().sorted().map(Purpose::name).forEach(purposes::add);
    JsonObjectBuilder json =
        CanonicalJson.object()
            .add("id", c.id().toString())
            .add("title", c.title())
            .add("mediaType", c.mediaType())
            .add("characters", c.characters())
            .add("contributors", contributors)
            .add("licence", c.licence().spdx())
            .add("purposes", purposes)
            .add("acceptedAt", c.acceptedAt().toString())
            .add("status", c.status().name())
            .add("leaf", leaf.hex());
    // an erased contribution's leaf stays, and what it is the hash of is gone
    commitment.ifPresent(v -> json.add("sha256", c.sha256().hex()).add("commitment", v));
    c.source().ifPresent(v -> json.add("source", v));
    c.language().ifPresent(v -> json.add("language", v));
    c.date().ifPresent(v -> json.add("date", v.toString()));
    c.nearDuplicateOf().ifPresent(v -> json.add("nearDuplicateOf", v.toString()));
    return json;
  }

  private static JsonObjectBuilder verification(Receipt.Body body) {
    JsonObjectBuilder json =
        CanonicalJson.object()
            .add("canonicalization", "RFC 8785")
            .add("hash", "SHA-256 of the canonical form of receipt")
            .add("link", "SHA-256 of previous and hash, 64 bytes")
            .add("answerHash", "SHA-256 of answer in UTF-8")
            .add(
                "leaf", "SHA-256 of the canonical form of commitment, which is gone of ERASED ones")
            .add("root", "SHA-256 tree of RFC 6962 over the leaves in order of acceptance")
            .add("credits", "amounts in wei; they add up to fee exactly");
    if (!body.adapters().isEmpty()) {
      json.add(
          "builders",
          "what ADAPTER_BUILDER is credited, split over builders by the sums of their |weight|"
              + " in millionths: floors, then 1 wei each to the largest remainders, ties to the"
              + " account that comes first");
    }
    return json;
  }
}
