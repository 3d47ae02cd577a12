package io.openledger.serving.adapter;

import java.util.Arrays;
import java.util.Map;

/**
 * The low-rank changes of one adapter, ready for upload: {@code y = g ∘ (y + scaledB · (A · x))}.
 *
 * @param changes by {@link io.openledger.serving.model.LinearModule#index()}
 */
public record AdapterWeights(Map<Integer, Change> changes) {

  /**
   * The change of one linear map. Arrays are not written to.
   *
   * @param rank how many ranks
   * @param in {@code A[rank, in]}, row-major
   * @param out {@code B} transposed and scaled, {@code [rank, out]}, row-major
   * @param gain {@code g[out]} of DoRA: magnitude through norm; empty: 1 everywhere
   */
  public record Change(int rank, float[] in, float[] out, float[] gain) {

    /** Without a gain. */
    public Change(int rank, float[] in, float[] out) {
      this(rank, in, out, new float[0]);
    }
  }

  public AdapterWeights {
    changes = Map.copyOf(changes);
  }

  /** The largest rank of its changes; each linear map with fewer is padded with zeros. */
  public int rank() {
    return changes.values().stream().mapToInt(Change::rank).max().orElse(0);
  }

  /** Bytes of its values. */
  public long bytes() {
    return changes.values().stream()
        .mapToLong(c -> Float.BYTES * ((long) c.in().length + c.out().length + c.gain().length))
        .sum();
  }

  /** Whether any of its changes has a gain. */
  public boolean gains() {
    return changes.values().stream().anyMatch(change -> change.gain().length > 0);
  }

  /** One rank's row of a matrix, or zeros beyond its rank. */
  public static float[] row(float[] matrix, int rank, int ranks, int width) {
    return rank < ranks
        ? Arrays.copyOfRange(matrix, rank * width, (rank + 1) * width)
        : new float[width];
  }
}
