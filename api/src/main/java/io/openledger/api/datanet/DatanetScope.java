package io.openledger.api.datanet;

import java.util.Set;

/**
 * What a question is put to. Questions show what contributions say, so they take two rights to a
 * datanet: {@link DatanetRight#READ}, and the right of the same name as the purpose.
 *
 * <p>The index holds the active contributions that permit {@link Purpose#ATTRIBUTE}, as they have
 * committed. Of these, another purpose leaves those that permit it too: what is found for {@link
 * Purpose#TRAIN} may be trained with, but what may <em>only</em> be trained with is not found.
 *
 * @param datanets only these; empty: all that the caller may use for the purpose
 * @param purpose what the caller wants to use contributions for
 */
public record DatanetScope(Set<DatanetId> datanets, Purpose purpose) {

  public DatanetScope {
    datanets = Set.copyOf(datanets);
  }

  /** All datanets that the caller may use to attribute. */
  public static DatanetScope all() {
    return new DatanetScope(Set.of(), Purpose.ATTRIBUTE);
  }

  /** Some datanets, to attribute. */
  public static DatanetScope of(DatanetId... datanets) {
    return new DatanetScope(Set.of(datanets), Purpose.ATTRIBUTE);
  }

  /** The same datanets for another purpose. */
  public DatanetScope to(Purpose other) {
    return new DatanetScope(datanets, other);
  }
}
