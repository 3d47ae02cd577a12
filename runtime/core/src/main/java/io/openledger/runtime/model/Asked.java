package io.openledger.runtime.model;

import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.ModelId;
import java.util.Optional;

/**
 * What a call asks: a model by name, or a mix of adapters; neither: what the boundary or the server
 * says.
 *
 * @param model the name; absent beside a mix
 * @param mix the adapters
 */
public record Asked(Optional<ModelId> model, Optional<AdapterMix> mix) {

  /** A model by name; empty: what the boundary or the server says. */
  public static Asked of(Optional<ModelId> model) {
    return new Asked(model, Optional.empty());
  }

  static Asked of(AdapterMix mix) {
    return new Asked(Optional.empty(), Optional.of(mix));
  }
}
