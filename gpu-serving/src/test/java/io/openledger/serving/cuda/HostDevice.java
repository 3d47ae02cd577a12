package io.openledger.serving.cuda;

import io.openledger.serving.capi.Api;
import io.openledger.serving.capi.Place;
import io.openledger.serving.model.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A device in the processor's memory. Each queue does its work as late as it may: when it is waited
 * for, and not before, so that a wait that is missing shows in the numbers. New memory is full of
 * NaN where nobody asked for zeros, freed memory, too.
 */
final class HostDevice implements Device {

  private final NavigableMap<Long, HostBlock> blocks = new TreeMap<>();
  private final HostQueue computing = new HostQueue();
  private final HostQueue copies = new HostQueue();
  DType compute = DType.F32;

  /** Whether it forgets to wait for fences. */
  boolean deaf;

  int open;
  int awaited;
  long used;
  long capacity = 1L << 40;
  volatile boolean closed;

  /** Calls until the device is lost; negative: it is not. */
  int callsUntilLoss = -1;

  private void called() {
    if (callsUntilLoss == 0) {
      throw DeviceLoss.of(700, "fake");
    }
    if (callsUntilLoss > 0) {
      callsUntilLoss--;
    }
  }

  @Override
  public String name() {
    return "host";
  }

  @Override
  public Capacity capacity() {
    return new Capacity(capacity - used, capacity);
  }

  @Override
  public DType compute(DType stored) {
    return compute;
  }

  @Override
  public Place place(Api api) {
    return api.cpu();
  }

  @Override
  public Optional<Map<String, String>> provider(long bytes) {
    return Optional.empty();
  }

  @Override
  public Block allocate(long bytes) {
    called();
    if (used + bytes > capacity) {
      throw DeviceLoss.of(DeviceLoss.OUT_OF_MEMORY, "fake");
    }
    used += bytes;
    return new HostBlock(new Memory(bytes));
  }

  @Override
  public Pinned pin(long bytes) {
    called();
    return new HostPinned(new Memory(bytes));
  }

  @Override
  public Queue compute() {
    return computing;
  }

  @Override
  public Queue copies() {
    return copies;
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class Memory {
    private final ByteBuffer bytes;
    private boolean freed;

    Memory(long size) {
      bytes = ByteBuffer.allocateDirect(Math.toIntExact(size)).order(ByteOrder.nativeOrder());
      open++;
    }

    void free() {
      if (freed) {
        throw new IllegalStateException("freed twice");
      }
      freed = true;
      open--;
    }
  }

  private final class HostBlock implements Block {
    private final Memory memory;

    HostBlock(Memory memory) {
      this.memory = memory;
      blocks.put(address(), this);
    }

    @Override
    public long address() {
      return Api.address(memory.bytes);
    }

    @Override
    public long bytes() {
      return memory.bytes.capacity();
    }

    @Override
    public void close() {
      blocks.remove(address());
      memory.free();
      used -= bytes();
    }
  }

  private final class HostPinned implements Pinned {
    private final Memory memory;

    HostPinned(Memory memory) {
      this.memory = memory;
    }

    @Override
    public ByteBuffer bytes() {
      return memory.bytes;
    }

    @Override
    public void close() {
      memory.free();
    }
  }

  private final class HostFence implements Fence {
    private boolean passed;
    private final HostQueue queue;

    HostFence(HostQueue queue) {
      this.queue = queue;
      open++;
    }

    @Override
    public boolean passed() {
      return passed;
    }

    @Override
    public void close() {
      open--;
    }
  }

  private final class HostQueue implements Queue {
    private final Deque<Runnable> work = new ArrayDeque<>();

    private void later(Runnable task) {
      called();
      work.add(task);
    }

    private void copy(Memory to, long at, Memory from, long start, long bytes) {
      if (to.freed || from.freed) {
        throw new IllegalStateException("freed memory is used");
      }
      to.bytes.put((int) at, from.bytes, (int) start, (int) bytes);
    }

    @Override
    public void upload(Block to, long at, Pinned from, long start, long bytes) {
      Memory target = ((HostBlock) to).memory;
      Memory source = ((HostPinned) from).memory;
      later(() -> copy(target, at, source, start, bytes));
    }

    @Override
    public void download(Pinned to, Block from, long bytes) {
      Memory target = ((HostPinned) to).memory;
      Memory source = ((HostBlock) from).memory;
      later(() -> copy(target, 0, source, 0, bytes));
    }

    @Override
    public void copy(Block to, Block from, long bytes) {
      Memory target = ((HostBlock) to).memory;
      Memory source = ((HostBlock) from).memory;
      later(() -> copy(target, 0, source, 0, bytes));
    }

    @Override
    public void copyRows(
        Block to, long first, Block from, long start, long pitch, long width, long rows) {
      Memory target = ((HostBlock) to).memory;
      Memory source = ((HostBlock) from).memory;
      later(
          () -> {
            for (long row = 0; row < rows; row++) {
              copy(target, (first + row) * pitch, source, (start + row) * pitch, width);
            }
          });
    }

    @Override
    public void scatter(Block from, int pieces, DType type) {
      Memory source = ((HostBlock) from).memory;
      later(
          () -> {
            if (source.freed) {
              throw new IllegalStateException("freed memory is used");
            }
            ByteBuffer table = source.bytes.duplicate().order(ByteOrder.nativeOrder()).clear();
            for (int piece = 0; piece < pieces; piece++) {
              long to = table.getLong(piece * PIECE);
              long start = table.getLong(piece * PIECE + Long.BYTES);
              int count = Math.toIntExact(table.getLong(piece * PIECE + 2 * Long.BYTES));
              float[] values = new float[count];
              if (start != -1) {
                int first = Math.toIntExact(pieces * (long) PIECE + start * Float.BYTES);
                table
                    .duplicate()
                    .order(ByteOrder.nativeOrder())
                    .position(first)
                    .asFloatBuffer()
                    .get(values);
              }
              // Nothing is found where memory was freed.
              HostBlock block = blocks.floorEntry(to).getValue();
              ByteBuffer target = block.memory.bytes.duplicate().order(ByteOrder.nativeOrder());
              target.position(Math.toIntExact(to - block.address()));
              Narrow.put(target, type, values);
            }
          });
    }

    @Override
    public void run(Runnable model) {
      // The runtime puts its work into this queue: what is there comes before.
      finish();
      model.run();
    }

    @Override
    public Fence fence() {
      called();
      HostFence fence = new HostFence(this);
      work.add(() -> fence.passed = true);
      return fence;
    }

    @Override
    public void await(Fence fence) {
      called();
      awaited++;
      if (deaf) {
        return;
      }
      HostFence point = (HostFence) fence;
      work.add(
          () -> {
            while (!point.passed) {
              point.queue.work.remove().run();
            }
          });
    }

    @Override
    public void finish() {
      called();
      while (!work.isEmpty()) {
        work.remove().run();
      }
    }
  }
}
