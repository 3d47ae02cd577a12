package io.openledger.serving.adapter;

/**
 * Where the weights of resident adapters lie, rank by rank. Row 0 is all zeros for ever. Owned by
 * one thread.
 */
public interface Arena {

  /** Makes room for so many ranks beside row 0; what is there stays. */
  void reserve(int ranks);

  /**
   * Writes an adapter. What is refused is refused before anything is written.
   *
   * @param ranks its rows, as many as {@link AdapterWeights#rank()}, none of them 0
   */
  void upload(AdapterWeights weights, int[] ranks);

  /**
   * Writes an adapter in the place of another, on which nothing runs and whose other rows are free
   * then. When it is refused, the former one is there as before.
   *
   * @param former rows as they were uploaded
   * @param ranks as for {@link #upload}; rows of the former may be among them
   */
  default void replace(int[] former, AdapterWeights weights, int[] ranks) {
    upload(weights, ranks);
  }

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
