package io.openledger.api.model;

import java.util.List;
import java.util.Optional;

/** The models of this server. For injection; safe for any thread. */
public interface ModelRegistry {

  /** The base model first, then the adapters by name; empty while no checkpoint is loaded. */
  List<ModelInfo> list();

  /** The model of that name, if it is loaded. */
  Optional<ModelInfo> find(ModelId model);

  /**
   * A model to be asked.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#MODEL_UNKNOWN}
   */
  AttributedModel open(ModelId model);
}
