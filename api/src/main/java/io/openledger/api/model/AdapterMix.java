package io.openledger.api.model;

import io.openledger.api.OpenLedgerException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Adapters that answer together: what each changes in the base model is multiplied by its weight,
 * and the changes are added. {@link ModelRegistry#open(AdapterMix)} makes a model of it.
 *
 * <p>The parts are kept by name, whatever the order they were given in: sums of rounded numbers
 * depend on their order, and an answer and its credits must not depend on the order in which
 * somebody named the adapters.
 *
 * @param parts 1 to {@value #MOST}, each adapter once; by name
 */
public record AdapterMix(List<Part> parts) {

  /** How many adapters a mix has at most. */
  public static final int MOST = 8;

  /**
   * One adapter of a mix.
   *
   * @param adapter its name
   * @param weight how strongly it is added
   */
  public record Part(ModelId adapter, AdapterWeight weight) {}

  public AdapterMix {
    if (parts.isEmpty() || parts.size() > MOST) {
      throw OpenLedgerException.invalid("adapters of a mix", parts.size(), "1 to " + MOST);
    }
    List<Part> sorted = new ArrayList<>(parts);
    sorted.sort(Comparator.comparing(Part::adapter));
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).adapter().equals(sorted.get(i - 1).adapter())) {
        throw OpenLedgerException.invalid(
            "adapters of a mix", "naming " + sorted.get(i).adapter() + " twice", "each once");
      }
    }
    parts = List.copyOf(sorted);
  }

  /** A mix of one adapter, to which {@link #and} adds others. */
  public static AdapterMix of(String adapter, double weight) {
    return new AdapterMix(List.of(part(adapter, weight)));
  }

  /** This mix with one more adapter. */
  public AdapterMix and(String adapter, double weight) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part(adapter, weight));
    return new AdapterMix(more);
  }

  private static Part part(String adapter, double weight) {
    return new Part(new ModelId(adapter), AdapterWeight.of(weight));
  }

  /** Whether it is one adapter as it was trained: that is a model with a name of its own. */
  public boolean single() {
    return parts.size() == 1 && parts.get(0).weight().equals(AdapterWeight.ONE);
  }
}
