package io.openledger.api.datanet;

import io.openledger.api.Names;

/**
 * The name of a datanet, which is also its id.
 *
 * @param value a name of the form {@link Names#FORM}
 */
public record DatanetId(String value) implements Comparable<DatanetId> {

  public DatanetId {
    Names.require("datanet", value);
  }

  @Override
  public int compareTo(DatanetId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
