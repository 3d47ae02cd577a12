package io.openledger.serving.cuda;

import io.openledger.serving.capi.Binding;
import io.openledger.serving.capi.Place;
import io.openledger.serving.capi.Tensor;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The KV cache on a device: for each layer keys and values {@code [rows, kvHeads, context,
 * headDim]}, read and written in place.
 */
final class DeviceCache implements AutoCloseable {

  private final Budget budget;
  private final ModelConfig config;
  private final DType type;
  private final int context;
  private final Map<String, Device.Block> blocks = new LinkedHashMap<>();
  private Device.@Nullable Block scratch;

  DeviceCache(Budget budget, ModelConfig config, DType type, int rows, int context) {
    this.budget = budget;
    this.config = config;
    this.type = type;
    this.context = context;
    try {
      for (int layer = 0; layer < config.layers(); layer++) {
        blocks.put(DecoderGraph.key(layer), budget.allocate(rows * row()));
        blocks.put(DecoderGraph.value(layer), budget.allocate(rows * row()));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Bytes of the whole cache. */
  static long bytes(ModelConfig config, DType type, int rows, int context) {
    return 2L * config.layers() * rows * context * config.kvWidth() * type.bytes();
  }

  private long row() {
    return (long) config.kvWidth() * context * type.bytes();
  }

  /** Binds rows of it, as what is read and what is written. */
  void bind(Binding binding, Place place, int first, int count) {
    blocks.forEach(
        (name, block) -> {
          try (Tensor view =
              place.tensor(
                  block.address() + first * row(),
                  count * row(),
                  type.onnx(),
                  count,
                  config.kvHeads(),
                  context,
                  config.headDim())) {
            binding.input(name, view);
            binding.output(DecoderGraph.present(name), view);
          }
        });
  }

  /** Copies the first tokens of a row over another row. */
  void move(Device.Queue queue, int from, int to, int length) {
    blocks.values().forEach(block -> copy(queue, block, to, block, from, length));
  }

  /** Exchanges the first tokens of two rows. */
  void swap(Device.Queue queue, int a, int lengthA, int b, int lengthB) {
    Device.Block between = scratch;
    if (between == null) {
      between = budget.allocate(row());
      scratch = between;
    }
    for (Device.Block block : blocks.values()) {
      copy(queue, between, 0, block, a, lengthA);
      copy(queue, block, a, block, b, lengthB);
      copy(queue, block, b, between, 0, lengthA);
    }
  }

  private void copy(
      Device.Queue queue, Device.Block to, int first, Device.Block from, int start, int length) {
    if (length > 0) {
      long token = (long) config.headDim() * type.bytes();
      int heads = config.kvHeads();
      queue.copyRows(
          to,
          (long) first * heads,
          from,
          (long) start * heads,
          context * token,
          length * token,
          heads);
    }
  }

  @Override
  public void close() {
    Device.Block between = scratch;
    scratch = null;
    if (between != null) {
      budget.free(between);
    }
    blocks.values().forEach(budget::free);
    blocks.clear();
  }
}
