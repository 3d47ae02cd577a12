package io.openledger.runtime.rest;

import io.openledger.runtime.rollup.EndpointAdministration.Decision;
import io.openledger.runtime.rollup.EndpointAdministration.Endpoint;
import io.openledger.runtime.rollup.EndpointAdministration.Standing;
import jakarta.json.JsonObjectBuilder;

/** Endpoints of the chain as JSON. */
final class EndpointsJson {

  private EndpointsJson() {}

  static JsonObjectBuilder of(Standing s) {
    JsonObjectBuilder json =
        Json.object()
            .add("chainId", s.chainId())
            .add("quorum", s.quorum())
            .add("endpoints", Json.array(s.endpoints(), EndpointsJson::of))
            .add("decisions", Json.array(s.decisions(), EndpointsJson::of));
    s.settled()
        .ifPresent(
            block ->
                json.add(
                    "settled",
                    Json.object()
                        .add("number", block.number())
                        .add("hash", "0x" + block.hash().hex())));
    s.dispute().ifPresent(why -> json.add("dispute", why));
    return json;
  }

  private static JsonObjectBuilder of(Endpoint e) {
    JsonObjectBuilder json =
        Json.object()
            .add("name", e.name())
            .add("address", e.address())
            .add("status", e.status().name())
            .add("lag", e.lag())
            .add("failures", e.failures())
            .add("contradictions", e.contradictions())
            .add("since", e.since().toString());
    e.head().ifPresent(number -> json.add("head", number));
    e.detail().ifPresent(detail -> json.add("detail", detail));
    e.lastError().ifPresent(error -> json.add("lastError", error));
    e.retryIn().ifPresent(left -> json.add("retryInSeconds", left.toSeconds()));
    return json;
  }

  private static JsonObjectBuilder of(Decision d) {
    return Json.object()
        .add("kind", d.kind())
        .add("subject", d.subject())
        .add("by", d.by())
        .add("at", d.at().toString());
  }
}
