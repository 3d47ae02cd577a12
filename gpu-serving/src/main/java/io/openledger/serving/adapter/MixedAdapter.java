package io.openledger.serving.adapter;

import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Several adapters added together: their ranks side by side, with each one's B multiplied by its
 * weight. Σ wᵢ Bᵢ Aᵢ is met exactly, as by PEFT's {@code add_weighted_adapter} with {@code
 * combination_type="cat"}.
 *
 * <p>Two mixes of the same versions with the same weights in the same order are equal, so a mix
 * that is asked again is found resident. DoRA is refused: its magnitudes belong to the sum of the
 * base model and <em>one</em> change, and no weighted sum of such lengths is defined; PEFT refuses
 * it, too.
 */
public final class MixedAdapter extends AdapterSource {

  private final List<Part> parts;

  /**
   * One adapter of a mix.
   *
   * @param adapter in the version that was current
   * @param weight of its change
   */
  public record Part(FolderAdapter adapter, double weight) {}

  /**
   * @param maxRank the largest sum of their ranks
   * @throws OpenLedgerException {@link io.openledger.api.ErrorCode#INVALID_ARGUMENT}
   */
  public MixedAdapter(List<Part> parts, int maxRank) {
    this.parts = List.copyOf(parts);
    if (rank() > maxRank) {
      throw OpenLedgerException.invalid(
          "ranks of the adapters together", rank(), "at most " + maxRank);
    }
  }

  @Override
  public int rank() {
    return parts.stream().mapToInt(part -> part.adapter().rank()).sum();
  }

  @Override
  public long bytes() {
    return parts.stream().mapToLong(part -> part.adapter().bytes()).sum();
  }

  /** Its parts are in memory while they are joined. */
  @Override
  long loadingBytes() {
    return bytes() + parts.stream().mapToLong(part -> part.adapter().loadingBytes()).sum();
  }

  @Override
  public Optional<HostTier.Claim> claim(boolean now) {
    return parts.get(0).adapter().host().claim(this, now);
  }

  @Override
  public boolean retired() {
    return super.retired() || parts.stream().anyMatch(part -> part.adapter().retired());
  }

  @Override
  public AdapterWeights load() {
    List<AdapterWeights> loaded = new ArrayList<>();
    TreeSet<Integer> maps = new TreeSet<>();
    for (Part part : parts) {
      AdapterWeights weights = part.adapter().loadWithoutGains();
      loaded.add(weights);
      maps.addAll(weights.changes().keySet());
    }
    Map<Integer, Change> changes = new HashMap<>();
    for (int map : maps) {
      changes.put(map, joined(map, loaded));
    }
    return new AdapterWeights(changes);
  }

  private Change joined(int map, List<AdapterWeights> loaded) {
    int rank = 0;
    int in = 0;
    int out = 0;
    for (AdapterWeights weights : loaded) {
      @Nullable Change change = weights.changes().get(map);
      if (change != null) {
        rank += change.rank();
        in += change.in().length;
        out += change.out().length;
      }
    }
    float[] allIn = new float[in];
    float[] allOut = new float[out];
    int atIn = 0;
    int atOut = 0;
    for (int part = 0; part < parts.size(); part++) {
      @Nullable Change change = loaded.get(part).changes().get(map);
      if (change != null) {
        System.arraycopy(change.in(), 0, allIn, atIn, change.in().length);
        atIn += change.in().length;
        for (float value : change.out()) {
          allOut[atOut++] = (float) (parts.get(part).weight() * value);
        }
      }
    }
    return new Change(rank, allIn, allOut);
  }

  @Override
  public boolean has(AdapterSource part) {
    return parts.stream().anyMatch(each -> each.adapter() == part);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MixedAdapter mix && mix.parts.equals(parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }
}
