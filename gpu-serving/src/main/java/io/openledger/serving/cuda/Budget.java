package io.openledger.serving.cuda;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;

/** Hands out a device's memory up to a limit, and knows how much of it is in use. */
final class Budget {

  private final Device device;
  private final long limit;
  private long used;

  /**
   * @param limit in bytes
   */
  Budget(Device device, long limit) {
    this.device = device;
    this.limit = limit;
  }

  /**
   * Memory, all zeros.
   *
   * @throws OpenLedgerException {@link ErrorCode#BUSY} when it would be over the limit
   */
  Device.Block allocate(long bytes) {
    return allocate(bytes, 0);
  }

  /**
   * Memory, all zeros, where so much is left for others.
   *
   * @param spared in bytes
   * @throws OpenLedgerException {@link ErrorCode#BUSY} when less would be left
   */
  Device.Block allocate(long bytes, long spared) {
    if (bytes < 1 || bytes > limit - spared - used) {
      throw new OpenLedgerException(
          ErrorCode.BUSY,
          bytes + " bytes of the device's memory, with " + used + " in use",
          "at most " + (limit - spared) + " together",
          "lower slots, largest batch or largest context, or let adapters go");
    }
    Device.Block block = device.allocate(bytes);
    used += bytes;
    return block;
  }

  void free(Device.Block block) {
    used -= block.bytes();
    block.close();
  }

  /** Bytes in use. */
  long used() {
    return used;
  }

  /** Bytes at most. */
  long limit() {
    return limit;
  }
}
