package io.openledger.runtime.rest;

import io.openledger.api.provenance.Receipt;
import jakarta.json.JsonObjectBuilder;

/**
 * Receipts as JSON: the members of the canonical form, with hash and link beside them. It is for
 * reading; what hashes to {@code hash} is in the report.
 */
final class ReceiptJson {

  private ReceiptJson() {}

  static JsonObjectBuilder of(Receipt receipt) {
    Receipt.Body b = receipt.body();
    JsonObjectBuilder json =
        Json.object()
            .add("id", b.id().value())
            .add("at", b.at().toString())
            .add("payer", b.payer())
            .add("model", ModelJson.of(b.model()))
            .add("policy", policy(b.policy()))
            .add("promptHash", b.promptHash().hex())
            .add("answerHash", b.answerHash().hex())
            .add(
                "usage",
                Json.object()
                    .add("promptTokens", b.usage().promptTokens())
                    .add("completionTokens", b.usage().completionTokens()))
            .add("status", b.status().name())
            .add("attribution", AttributionJson.of(b.attribution()))
            .add("fee", b.fee().toString())
            .add("credits", Json.array(b.credits(), AttributionJson::of))
            .add("hash", receipt.hash().hex());
    Json.optional(json, "reason", b.reason());
    adapters(json, b);
    receipt
        .link()
        .ifPresent(
            link ->
                json.add(
                    "link",
                    Json.object()
                        .add("number", link.number())
                        .add("previous", link.previous().hex())
                        .add("value", link.value().hex())));
    return json;
  }

  /** Adds the adapters that answered together; nothing where one model answered by itself. */
  static void adapters(JsonObjectBuilder json, Receipt.Body body) {
    if (!body.adapters().isEmpty()) {
      json.add(
          "adapters",
          Json.array(
              body.adapters(),
              a ->
                  Json.object()
                      .add("id", a.id().value())
                      .add("version", a.version())
                      .add("digest", a.digest().hex())
                      .add("weight", a.weight().value())
                      .add("builder", a.builder().toString())));
    }
  }

  static JsonObjectBuilder policy(Receipt.PolicyReference p) {
    return Json.object()
        .add("name", p.name())
        .add("version", p.version())
        .add("hash", p.hash().hex());
  }
}
