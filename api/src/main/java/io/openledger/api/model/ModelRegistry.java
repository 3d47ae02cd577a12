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

  /**
   * Several adapters to be asked as one model. Its {@link AttributedModel#info()} is the base
   * model's; its receipts name each adapter with version, weight and builder, and the builder's
   * part of the fee is split over the builders by the magnitudes of the weights. A mix of one
   * adapter as it was trained is that adapter.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#MODEL_UNKNOWN}
   *     also for an adapter that the caller is not granted; {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} where the base model is named as an adapter;
   *     {@link io.openledger.api.ErrorCode#ADAPTER_MISMATCH} for an adapter of another base model.
   *     Asking it may meet {@link io.openledger.api.ErrorCode#ADAPTER_UNSUPPORTED} for adapters
   *     that cannot be added
   */
  AttributedModel open(AdapterMix mix);
}
