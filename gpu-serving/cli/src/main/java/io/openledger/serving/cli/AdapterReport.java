package io.openledger.serving.cli;

import io.openledger.serving.model.Broken;
import io.openledger.serving.model.Safetensors;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an adapter's weights are.
 *
 * @param targets last parts of the changed maps' paths
 * @param ranks of the changes
 * @param maps how many linear maps are changed
 * @param bytes as stored
 * @param norm the largest Frobenius norm of a product B·A, before its scale
 * @param largest the map that has it
 */
record AdapterReport(
    Set<String> targets, Set<Integer> ranks, int maps, long bytes, double norm, String largest) {

  private static final String IN = ".lora_A.weight";
  private static final String OUT = ".lora_B.weight";

  /** Reads a folder that an engine accepted. */
  static AdapterReport of(Path folder) throws IOException {
    Map<String, TensorRef> tensors =
        Safetensors.read(folder.resolve(MadeAdapters.WEIGHTS), Broken.ADAPTER);
    Set<String> targets = new LinkedHashSet<>();
    Set<Integer> ranks = new TreeSet<>();
    long bytes = 0;
    int maps = 0;
    double most = 0;
    String largest = "";
    for (TensorRef tensor : tensors.values()) {
      bytes += tensor.bytes();
      if (!tensor.name().endsWith(IN)) {
        continue;
      }
      String path = tensor.name().substring(0, tensor.name().length() - IN.length());
      TensorRef out = tensors.get(path + OUT);
      if (out == null) {
        continue;
      }
      maps++;
      targets.add(path.substring(path.lastIndexOf('.') + 1));
      int rank = Math.toIntExact(tensor.shape().get(0));
      ranks.add(rank);
      double norm = norm(TensorData.read(tensor), TensorData.read(out), rank);
      if (norm >= most) {
        most = norm;
        largest = path;
      }
    }
    return new AdapterReport(targets, ranks, maps, bytes, most, largest);
  }

  /**
   * Of the product of {@code B[out, r]} and {@code A[r, in]}, without making it: {@code ‖BA‖² =
   * tr((AAᵀ)(BᵀB))}. In doubles; costs r² (in + out).
   */
  static double norm(float[] a, float[] b, int rank) {
    int in = a.length / rank;
    int out = b.length / rank;
    double sum = 0;
    for (int i = 0; i < rank; i++) {
      for (int j = 0; j < rank; j++) {
        double rows = 0;
        for (int k = 0; k < in; k++) {
          rows += (double) a[i * in + k] * a[j * in + k];
        }
        double columns = 0;
        for (int k = 0; k < out; k++) {
          columns += (double) b[k * rank + i] * b[k * rank + j];
        }
        sum += rows * columns;
      }
    }
    return Math.sqrt(Math.max(0, sum));
  }
}
