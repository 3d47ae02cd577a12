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
import java.nio.FloatBuffer;
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
 * <p>An upload is put into page-locked memory as it is, copied beside what computes, and narrowed
 * on the device. A step waits for it on the device, and only when it uses one of its ranks. Nothing
 * that computes can still read the ranks that an upload overwrites: a step's logits are there
 * before the next call.
 */
final class DeviceArena implements AutoCloseable {

  /** A sixteenth of the memory: adapters are copied through it, and steps need theirs. */
  private static final int SPARED = 16;

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

  /**
   * Ranks that are written in one go.
   *
   * @param to address on the device
   * @param matrix where the values are
   * @param real whether there are values; else zeros are written
   * @param from first of the values
   * @param count of the values
   */
  private record Piece(long to, float[] matrix, boolean real, int from, int count) {}

  /** An adapter's table and floats, here and, as a copy, on the device. */
  private static final class Staging {
    private Device.@Nullable Pinned memory;
    private Device.@Nullable Block wide;
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
    Device.Block larger = budget.allocate(bytes, old == null ? 0 : budget.limit() / SPARED);
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
    List<Piece> pieces = pieces(weights, ranks);
    if (pieces.isEmpty()) {
      return;
    }
    long floats = pieces.stream().filter(Piece::real).mapToLong(Piece::count).sum();
    long bytes = (long) pieces.size() * Device.PIECE + floats * Float.BYTES;
    Staging staging = free(bytes);
    Device.Pinned memory = staging.memory;
    Device.Block wide = staging.wide;
    if (memory == null || wide == null) {
      throw new IllegalStateException("no memory was reserved");
    }
    write(pieces, memory.bytes().clear());
    device.copies().upload(wide, 0, memory, 0, bytes);
    device.copies().scatter(wide, pieces.size(), type);
    BitSet used = new BitSet();
    for (int rank : ranks) {
      used.set(rank);
    }
    uploads.add(new Upload(device.copies().fence(), used));
    staging.busy = device.copies().fence();
  }

  /** Ranks that follow each other are one piece; those that an adapter lacks become zeros. */
  private List<Piece> pieces(AdapterWeights weights, int[] ranks) {
    List<Piece> pieces = new ArrayList<>();
    for (LinearModule module : modules) {
      @Nullable Change change = weights.changes().get(module.index());
      int present = change == null ? 0 : Math.min(change.rank(), ranks.length);
      float[] in = change == null ? new float[0] : change.in();
      float[] out = change == null ? new float[0] : change.out();
      for (int from = 0; from < ranks.length; ) {
        int end = from < present ? present : ranks.length;
        int to = from + 1;
        while (to < end && ranks[to] == ranks[to - 1] + 1) {
          to++;
        }
        boolean real = from < present;
        pieces.add(piece(DecoderGraph.adapterIn(module), in, real, from, to, ranks[from]));
        pieces.add(piece(DecoderGraph.adapterOut(module), out, real, from, to, ranks[from]));
        from = to;
      }
    }
    return pieces;
  }

  private Piece piece(String name, float[] matrix, boolean real, int from, int to, int rank) {
    Rows rows = matrices.get(name);
    if (rows == null) {
      throw new IllegalStateException("no arena for " + name);
    }
    long address = rows.block().address() + (long) rank * rows.width() * type.bytes();
    return new Piece(address, matrix, real, from * rows.width(), (to - from) * rows.width());
  }

  private static void write(List<Piece> pieces, ByteBuffer bytes) {
    long start = 0;
    for (Piece piece : pieces) {
      bytes.putLong(piece.to()).putLong(piece.real() ? start : -1).putLong(piece.count());
      start += piece.real() ? piece.count() : 0;
    }
    FloatBuffer values = bytes.asFloatBuffer();
    for (Piece piece : pieces) {
      if (piece.real()) {
        values.put(piece.matrix(), piece.from(), piece.count());
      }
    }
  }

  /** The next buffers, large enough and read to their ends. */
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
      release(staging);
      staging.wide = budget.allocate(bytes);
      staging.memory = device.pin(bytes);
    }
    return staging;
  }

  private void release(Staging staging) {
    Device.Pinned memory = staging.memory;
    Device.Block wide = staging.wide;
    staging.memory = null;
    staging.wide = null;
    if (wide != null) {
      budget.free(wide);
    }
    if (memory != null) {
      memory.close();
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
      staging.busy = null;
      if (busy != null) {
        busy.close();
      }
      release(staging);
    }
    matrices.values().forEach(rows -> budget.free(rows.block()));
    matrices.clear();
  }
}
