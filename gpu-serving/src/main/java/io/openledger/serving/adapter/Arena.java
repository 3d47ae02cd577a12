package io.openledger.serving.adapter;

/**
 * Where the weights of resident adapters lie, rank by rank. Row 0 is all zeros for ever. Owned by
 * one thread.
 */
public interface Arena {

  /** Makes room for so many ranks beside row 0; what is there stays. */
  void reserve(int ranks);

  /**
   * Writes an adapter.
   *
   * @param ranks its rows, as many as {@link AdapterWeights#rank()}, none of them 0
   */
  void upload(AdapterWeights weights, int[] ranks);

  /**
   * Says that an adapter's rows are free: nothing runs on it any more, and they may be written
   * anew.
   *
   * @param ranks as they were uploaded
   */
  default void release(int[] ranks) {}

  /** Bytes that it takes now. */
  default long adapterBytes() {
    return 0;
  }
}
