package io.openledger.runtime.rest;

import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.provenance.Receipt;
import io.openledger.api.provenance.SpanProof;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.util.List;

/**
 * Proofs as JSON of the format {@code openledger-proofs-1}, which the attribution engine's command
 * line checks.
 */
final class SpanProofJson {

  private static final String FORMAT = "openledger-proofs-1";

  private SpanProofJson() {}

  static JsonObjectBuilder of(Receipt receipt, List<SpanProof> proofs) {
    return Json.object()
        .add("format", FORMAT)
        .add("receipt", receipt.id().value())
        .add("text", receipt.body().answerHash().hex())
        .add("proofs", Json.array(proofs, SpanProofJson::proof));
  }

  private static JsonObjectBuilder proof(SpanProof proof) {
    return Json.object()
        .add("start", proof.span().start())
        .add("end", proof.span().end())
        .add("datanet", proof.datanet().value())
        .add("version", proof.version())
        .add("root", proof.root().hex())
        .add("claim", claim(proof.claim()))
        .add("proof", proof.proof());
  }

  private static JsonObjectBuilder claim(SpanClaim claim) {
    JsonArrayBuilder tokens = Json.numbers(claim.tokens());
    JsonObjectBuilder json =
        Json.object()
            .add("tokenizer", claim.tokenizer().hex())
            .add("contribution", claim.contribution().toString())
            .add("offset", claim.offset())
            .add("tokens", tokens);
    claim.previous().ifPresent(token -> json.add("previous", token));
    claim.next().ifPresent(token -> json.add("next", token));
    return json;
  }
}
