package io.openledger.serving.cuda;

import org.jspecify.annotations.Nullable;

/** A block and page-locked memory of the same size, replaced by larger ones when needed. */
final class DeviceBuffer implements AutoCloseable {

  private final Device device;
  private final Budget budget;
  private Device.@Nullable Block block;
  private Device.@Nullable Pinned pinned;
  private int generation;

  DeviceBuffer(Device device, Budget budget) {
    this.device = device;
    this.budget = budget;
  }

  /** Makes room. What was in it is lost when it grows; nothing may be queued over it. */
  void reserve(long bytes) {
    if (block == null || block.bytes() < bytes) {
      close();
      // Rounded up, so that a slowly growing step does not move it each time.
      long rounded = Math.max(4096, Long.highestOneBit(bytes - 1) * 2);
      block = budget.allocate(rounded);
      pinned = device.pin(rounded);
      generation++;
    }
  }

  /** Changes whenever memory moved. */
  int generation() {
    return generation;
  }

  Device.Block block() {
    if (block == null) {
      throw new IllegalStateException("no memory was reserved");
    }
    return block;
  }

  Device.Pinned pinned() {
    if (pinned == null) {
      throw new IllegalStateException("no memory was reserved");
    }
    return pinned;
  }

  @Override
  public void close() {
    Device.Block held = block;
    Device.Pinned locked = pinned;
    block = null;
    pinned = null;
    if (held != null) {
      budget.free(held);
    }
    if (locked != null) {
      locked.close();
    }
  }
}
