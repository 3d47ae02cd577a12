package io.openledger.serving.cuda;

import io.openledger.serving.capi.Api;
import io.openledger.serving.capi.Place;
import io.openledger.serving.model.DType;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/**
 * Memory that computing needs to be fast, and two queues of work over it: one computes, one copies,
 * and they run beside each other. Safe for one thread at a time, of whichever name.
 *
 * <p>Any method throws {@link io.openledger.api.ErrorCode#DEVICE_LOST} when the device is gone.
 */
interface Device extends AutoCloseable {

  /** What it is, for a report. */
  String name();

  /** How much memory it has. */
  Capacity capacity();

  /**
   * Memory of a device, in bytes.
   *
   * @param free for anybody, now
   * @param total of the device
   */
  record Capacity(long free, long total) {}

  /** The best type to compute in for a checkpoint of that type. */
  DType compute(DType stored);

  /** How ONNX Runtime calls its memory. */
  Place place(Api api);

  /**
   * Options of ONNX Runtime's CUDA provider, the queue that computes among them; empty: the
   * processor computes.
   *
   * @param memory the most that the provider may take, in bytes
   */
  Optional<Map<String, String>> provider(long memory);

  /**
   * Memory, all zeros.
   *
   * @throws io.openledger.api.OpenLedgerException {@link io.openledger.api.ErrorCode#BUSY} when the
   *     device has no more
   */
  Block allocate(long bytes);

  /** Page-locked memory of the host, from which and to which queues can copy by themselves. */
  Pinned pin(long bytes);

  /** The queue that computes. */
  Queue compute();

  /** The queue that copies beside it. */
  Queue copies();

  /** Releases everything; after a loss, also what would not let a new device be opened. */
  @Override
  void close();

  /** A piece of the device's memory. */
  interface Block extends AutoCloseable {
    /** Its first byte, on the device. */
    long address();

    /** How many bytes it has. */
    long bytes();

    @Override
    void close();
  }

  /** A page-locked piece of the host's memory, in native order. */
  interface Pinned extends AutoCloseable {
    /** All of it. Not to be written to while a queue reads from it. */
    ByteBuffer bytes();

    @Override
    void close();
  }

  /**
   * Bytes of a piece in the table of {@link Queue#scatter}: the address to write to, the first
   * float to read (-1: zeros are written) and how many, as 64-bit integers in native order.
   */
  int PIECE = 3 * Long.BYTES;

  /** Work that a device does one after the other. Its methods return before the work is done. */
  interface Queue {
    /** Copies to the device. */
    void upload(Block to, long at, Pinned from, long start, long bytes);

    /** Copies the first bytes from the device. */
    void download(Pinned to, Block from, long bytes);

    /** Copies the first bytes of one block to another. */
    void copy(Block to, Block from, long bytes);

    /**
     * Copies the beginnings of rows. Within one block, from and to do not overlap.
     *
     * @param pitch bytes of a row
     * @param width bytes of its beginning
     * @param first row to write
     * @param start first row to read
     * @param rows how many
     */
    void copyRows(Block to, long first, Block from, long start, long pitch, long width, long rows);

    /**
     * Narrows 32-bit floats, ties to even, and writes them to their places.
     *
     * @param from begins with the table of pieces; the floats come after it
     * @param pieces how many, each of {@link #PIECE} bytes
     * @param type to narrow to
     */
    void scatter(Block from, int pieces, DType type);

    /** Does what puts further work into this queue; what the queue has already comes before. */
    void run(Runnable work);

    /** A point that is passed when everything before it is done. */
    Fence fence();

    /** Everything after this waits for another queue's fence. */
    void await(Fence fence);

    /** Returns when everything is done. */
    void finish();
  }

  /** A point in a queue. */
  interface Fence extends AutoCloseable {
    /** Whether everything before it is done. */
    boolean passed();

    @Override
    void close();
  }
}
