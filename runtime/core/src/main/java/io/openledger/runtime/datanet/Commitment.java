package io.openledger.runtime.datanet;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.Contribution;
import io.openledger.api.datanet.ContributorShare;
import io.openledger.api.datanet.Purpose;
import io.openledger.runtime.provenance.CanonicalJson;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;

/**
 * What the Merkle tree of a datanet commits to for one contribution: the canonical JSON of what was
 * accepted, by whom it was made, and under which terms; its SHA-256 is the tree's leaf. Salted with
 * 16 random bytes, so that nobody who has only the tree can try out names or texts. Later changes
 * (retraction, the finding that it repeats an earlier one) are not part of it.
 */
public final class Commitment {

  private Commitment() {}

  /** The document that is committed to. */
  public static JsonObject document(Contribution c, String salt) {
    JsonArrayBuilder contributors = CanonicalJson.array();
    for (ContributorShare share : c.contributors()) {
      contributors.add(
          CanonicalJson.object()
              .add("contributor", share.contributor().value())
              .add("basisPoints", share.basisPoints()));
    }
    JsonArrayBuilder purposes = CanonicalJson.array();
    c.purposes().stream().sorted().map(Purpose::name).forEach(purposes::add);
    JsonObjectBuilder json =
        CanonicalJson.object()
            .add("format", "openledger-commitment-1")
            .add("contribution", c.id().toString())
            .add("title", c.title())
            .add("sha256", c.sha256().hex())
            .add("mediaType", c.mediaType())
            .add("contributors", contributors)
            .add("licence", c.licence().spdx())
            .add("purposes", purposes)
            .add("acceptedAt", c.acceptedAt().toString())
            .add("salt", salt);
    c.source().ifPresent(v -> json.add("source", v));
    c.language().ifPresent(v -> json.add("language", v));
    c.date().ifPresent(v -> json.add("date", v.toString()));
    return json.build();
  }

  static Hash256 leaf(Contribution c, String salt) {
    return CanonicalJson.hash(document(c, salt));
  }
}
