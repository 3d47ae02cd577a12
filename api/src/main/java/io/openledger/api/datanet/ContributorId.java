package io.openledger.api.datanet;

import io.openledger.api.Names;

/**
 * The name under which a contributor is known on this server.
 *
 * @param value a name of the form {@link Names#FORM}
 */
public record ContributorId(String value) implements Comparable<ContributorId> {

  public ContributorId {
    Names.require("contributor", value);
  }

  @Override
  public int compareTo(ContributorId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
