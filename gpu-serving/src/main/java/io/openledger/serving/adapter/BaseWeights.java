package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.model.FileBytes;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What adapters need to know of the base model's linear maps: norms. Read from the checkpoint as it
 * is stored, also when the resident form is quantised: the adapter was trained against these
 * weights, and a magnitude means a length of theirs. Sums are doubles. Safe for any thread.
 */
class BaseWeights {

  /** How much of a map is read at once, in bytes. */
  private static final int PIECE = 1 << 22;

  private final Map<String, TensorRef> tensors;
  private final Map<Integer, Double> norms = new ConcurrentHashMap<>();

  /**
   * @param tensors of the checkpoint, by name
   */
  BaseWeights(Map<String, TensorRef> tensors) {
    this.tensors = tensors;
  }

  /** Takes the rows of a map, one after another. */
  private interface RowReader {
    void row(int index, float[] values, int from);
  }

  /** ‖W‖, Frobenius; read once, kept afterwards. */
  double norm(LinearModule module) {
    return norms.computeIfAbsent(
        module.index(),
        index -> {
          double[] sum = new double[1];
          rows(
              module,
              (row, values, from) -> {
                for (int i = from; i < from + module.in(); i++) {
                  sum[0] += (double) values[i] * values[i];
                }
              });
          return Math.sqrt(sum[0]);
        });
  }

  /**
   * ‖W + BA‖ of each row, from ‖w‖² + 2 b·(A w) + b·(A Aᵀ) b: no matrix of the map's size is made.
   * One reading of the map, {@code out · in · rank} multiplications.
   *
   * @param in {@code A[rank, in]}
   * @param out scaled {@code B} transposed, {@code [rank, out]}
   * @return {@code [out]}
   */
  double[] changedNorms(LinearModule module, int rank, float[] in, float[] out) {
    double[] gram = gram(in, rank, module.in());
    double[] norms = new double[module.out()];
    rows(
        module,
        (row, values, from) -> {
          double squares = 0;
          for (int i = 0; i < module.in(); i++) {
            squares += (double) values[from + i] * values[from + i];
          }
          for (int r = 0; r < rank; r++) {
            double b = out[r * module.out() + row];
            double cross = 0;
            for (int i = 0; i < module.in(); i++) {
              cross += (double) values[from + i] * in[r * module.in() + i];
            }
            squares += 2 * b * cross;
            for (int q = 0; q < rank; q++) {
              squares += b * gram[r * rank + q] * out[q * module.out() + row];
            }
          }
          // Rounding can leave a little below 0 where the change takes the row away.
          norms[row] = Math.sqrt(Math.max(0, squares));
        });
    return norms;
  }

  private static double[] gram(float[] in, int rank, int width) {
    double[] gram = new double[rank * rank];
    for (int r = 0; r < rank; r++) {
      for (int q = 0; q <= r; q++) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
          sum += (double) in[r * width + i] * in[q * width + i];
        }
        gram[r * rank + q] = sum;
        gram[q * rank + r] = sum;
      }
    }
    return gram;
  }

  private void rows(LinearModule module, RowReader reader) {
    TensorRef tensor = tensors.get(module.weight());
    if (tensor == null) {
      throw new IllegalStateException("the checkpoint was opened without " + module.weight());
    }
    int rowBytes = module.in() * tensor.type().bytes();
    int rows = Math.max(1, PIECE / rowBytes);
    ByteBuffer buffer = ByteBuffer.allocate(rows * rowBytes);
    try (FileChannel channel = FileChannel.open(tensor.file())) {
      for (int first = 0; first < module.out(); first += rows) {
        int count = Math.min(rows, module.out() - first);
        buffer.clear().limit(count * rowBytes);
        long position = tensor.offset() + (long) first * rowBytes;
        FileBytes.fill(channel, buffer, position);
        float[] values = TensorData.widened(buffer.flip().slice(), tensor.type());
        for (int row = 0; row < count; row++) {
          reader.row(first + row, values, row * module.in());
        }
      }
    } catch (IOException e) {
      throw new OpenLedgerException(
          ErrorCode.CHECKPOINT_BROKEN,
          "tensor " + module.weight() + " cannot be read again",
          "the checkpoint's files stay while it is served",
          "put the checkpoint back and register the adapter again",
          e);
    }
  }
}
