package io.openledger.rollup.registration;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import java.util.Optional;

/**
 * A model as it is served.
 *
 * @param id its name
 * @param base the base model, for an adapter
 * @param digest over the files that define it
 * @param bytes of these files; zero if that is not known
 * @param licenceDigest SHA-256 of the licence's text
 */
public record ModelState(
    ModelId id, Optional<ModelId> base, Hash256 digest, long bytes, Hash256 licenceDigest) {

  /** The digest where nobody stated a licence: of SPDX's word for that. */
  public static final Hash256 NO_LICENCE_STATED = Hash256.sha256("NOASSERTION");

  public ModelState {
    if (bytes < 0) {
      throw OpenLedgerException.invalid("bytes of a model", bytes, "0 or more");
    }
  }

  /** A model of which neither size nor licence is known. */
  public static ModelState of(ModelInfo model) {
    return new ModelState(model.id(), model.parent(), model.digest(), 0, NO_LICENCE_STATED);
  }
}
