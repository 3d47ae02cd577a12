package io.openledger.api.model;

import io.openledger.api.Names;

/**
 * The name of a model that can be asked: the base model, or an adapter on it.
 *
 * @param value a name of the form {@link Names#FORM}
 */
public record ModelId(String value) implements Comparable<ModelId> {

  public ModelId {
    Names.require("model", value);
  }

  @Override
  public int compareTo(ModelId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
