package io.openledger.serving.cuda;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.capi.Binding;
import io.openledger.serving.capi.Place;
import io.openledger.serving.capi.Tensor;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.model.DType;
import io.openledger.serving.model.LinearModule;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where resident adapters lie on a device: for each linear map {@code [ranks, in]} and {@code
 * [ranks, out]}; row 0 is all zeros for ever.
 *
 * <p>An upload is put into page-locked memory and copied beside what computes. A step waits for it
 * on the device, and only when it uses one of its ranks. Nothing that computes can still read the
 * ranks that an upload overwrites: a step's logits are there before the next call.
 */
final class DeviceArena implements AutoCloseable {

  private final Device device;
  private final Budget budget;
  private final List<LinearModule> modules;
  private final DType type;
  private final Map<String, Rows> matrices = new LinkedHashMap<>();
  private final List<Upload> uploads = new ArrayList<>();
  // Two: one is filled while the other is copied.
  private final Staging[] stagings = {new Staging(), new Staging()};
  private int next;
  private int capacity;
  private int generation;

  private record Rows(Device.Block block, int width) {}

  /** An upload that nothing has waited for yet. */
  private record Upload(Device.Fence fence, BitSet ranks) {}

  private static final class Staging {
    private Device.@Nullable Pinned memory;
    private Device.@Nullable Fence busy;
  }

  DeviceArena(Device device, Budget budget, List<LinearModule> modules, DType type) {
    this.device = device;
    this.budget = budget;
    this.modules = modules;
    this.type = type;
    try {
      grow(1);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Bytes of one rank, over all linear maps. */
  static long rankBytes(List<LinearModule> modules, DType type) {
    return modules.stream().mapToLong(module -> module.in() + module.out()).sum() * type.bytes();
  }

  /** Changes whenever memory moved: bindings are to be made anew. */
  int generation() {
    return generation;
  }

  /** Bytes on the device. */
  long bytes() {
    return capacity * rankBytes(modules, type);
  }

  void reserve(int ranks) {
    if (ranks + 1 > capacity) {
      grow(Math.max(ranks + 1, Math.min(2 * capacity, capacity + 1024)));
    }
  }

  private void grow(int rows) {
    device.copies().finish();
    forgetUploads();
    for (LinearModule module : modules) {
      grow(DecoderGraph.adapterIn(module), rows, module.in());
      grow(DecoderGraph.adapterOut(module), rows, module.out());
    }
    capacity = rows;
    generation++;
  }

  /** One matrix after the other, so that never more than one is there twice. */
  private void grow(String name, int rows, int width) {
    @Nullable Rows old = matrices.get(name);
    long bytes = (long) rows * width * type.bytes();
    if (old != null && old.block().bytes() >= bytes) {
      return;
    }
    Device.Block larger = budget.allocate(bytes);
    matrices.put(name, new Rows(larger, width));
    generation++;
    if (old != null) {
      device.copies().copy(larger, old.block(), old.block().bytes());
      device.copies().finish();
      budget.free(old.block());
    }
  }

  void upload(AdapterWeights weights, int[] ranks) {
    if (weights.gains()) {
      throw new OpenLedgerException(
          ErrorCode.ADAPTER_UNSUPPORTED,
          "an adapter with magnitudes (DoRA) on a GPU",
          "adapters without magnitudes",
          "serve it on the device CPU, or train it without use_dora");
    }
    for (int rank : ranks) {
      if (rank < 1 || rank >= capacity) {
        throw new IllegalArgumentException("rank " + rank + " of " + capacity);
      }
    }
    Staging staging = free(ranks.length * rankBytes(modules, type));
    Device.Pinned memory = staging.memory;
    if (memory == null || ranks.length == 0) {
      return;
    }
    ByteBuffer bytes = memory.bytes();
    bytes.clear();
    for (LinearModule module : modules) {
      @Nullable Change change = weights.changes().get(module.index());
      float[] none = new float[0];
      int rank = change == null ? 0 : change.rank();
      write(
          DecoderGraph.adapterIn(module), change == null ? none : change.in(), rank, ranks, memory);
      write(
          DecoderGraph.adapterOut(module),
          change == null ? none : change.out(),
          rank,
          ranks,
          memory);
    }
    BitSet used = new BitSet();
    for (int rank : ranks) {
      used.set(rank);
    }
    uploads.add(new Upload(device.copies().fence(), used));
    staging.busy = device.copies().fence();
  }

  /** The next page-locked buffer, large enough and read to its end. */
  private Staging free(long bytes) {
    Staging staging = stagings[next];
    next = (next + 1) % stagings.length;
    Device.Fence busy = staging.busy;
    if (busy != null) {
      staging.busy = null;
      try (busy) {
        if (!busy.passed()) {
          device.copies().finish();
        }
      }
    }
    Device.Pinned memory = staging.memory;
    if (memory == null || memory.bytes().capacity() < bytes) {
      staging.memory = null;
      if (memory != null) {
        memory.close();
      }
      staging.memory = bytes == 0 ? null : device.pin(bytes);
    }
    return staging;
  }

  /** Ranks that follow each other are copied in one piece. */
  private void write(String name, float[] matrix, int present, int[] ranks, Device.Pinned memory) {
    Rows rows = matrices.get(name);
    if (rows == null) {
      throw new IllegalStateException("no arena for " + name);
    }
    int width = rows.width();
    ByteBuffer bytes = memory.bytes();
    long line = (long) width * type.bytes();
    int from = 0;
    while (from < ranks.length) {
      int to = from + 1;
      while (to < ranks.length && ranks[to] == ranks[to - 1] + 1) {
        to++;
      }
      int start = bytes.position();
      int real = Math.max(0, Math.min(present, to) - from);
      Narrow.put(bytes, type, matrix, from * width, real * width);
      Narrow.zeros(bytes, type, (to - from - real) * width);
      device
          .copies()
          .upload(rows.block(), ranks[from] * line, memory, start, bytes.position() - start);
      from = to;
    }
  }

  /** Lets what computes wait for the uploads that a step uses. */
  void await(int[][] ranks) {
    for (Iterator<Upload> each = uploads.iterator(); each.hasNext(); ) {
      Upload upload = each.next();
      boolean passed = upload.fence().passed();
      if (passed || uses(ranks, upload.ranks())) {
        if (!passed) {
          device.compute().await(upload.fence());
        }
        each.remove();
        upload.fence().close();
      }
    }
  }

  private static boolean uses(int[][] ranks, BitSet uploaded) {
    for (int[] row : ranks) {
      for (int rank : row) {
        if (uploaded.get(rank)) {
          return true;
        }
      }
    }
    return false;
  }

  void bind(Binding binding, Place place) {
    matrices.forEach(
        (name, rows) -> {
          try (Tensor tensor =
              place.tensor(
                  rows.block().address(),
                  rows.block().bytes(),
                  type.onnx(),
                  rows.block().bytes() / type.bytes() / rows.width(),
                  rows.width())) {
            binding.input(name, tensor);
          }
        });
  }

  private void forgetUploads() {
    uploads.forEach(upload -> upload.fence().close());
    uploads.clear();
  }

  @Override
  public void close() {
    forgetUploads();
    for (Staging staging : stagings) {
      Device.Fence busy = staging.busy;
      Device.Pinned memory = staging.memory;
      staging.busy = null;
      staging.memory = null;
      if (busy != null) {
        busy.close();
      }
      if (memory != null) {
        memory.close();
      }
    }
    matrices.values().forEach(rows -> budget.free(rows.block()));
    matrices.clear();
  }
}
