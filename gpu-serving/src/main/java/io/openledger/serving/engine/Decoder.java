package io.openledger.serving.engine;

import io.openledger.serving.adapter.Arena;
import java.nio.FloatBuffer;

/**
 * A resident model with its KV cache and adapter arena. Owned by one thread at a time; every native
 * handle behind it is released by {@link #close}.
 *
 * <p>The cache has {@link #rows()} rows of {@link #context()} tokens. Decoding runs over the rows
 * from 0 on without holes, so the owner keeps its sequences dense with {@link #move}.
 *
 * <p>Returned logits are valid until the next call. What fails natively is thrown as {@link
 * io.openledger.api.OpenLedgerException} with {@link io.openledger.api.ErrorCode#INTERNAL}; the
 * decoder stays usable. With {@link io.openledger.api.ErrorCode#DEVICE_LOST} it does not: nothing
 * but {@link #close} is of use then.
 */
public interface Decoder extends Arena, AutoCloseable {

  /** How many sequences fit. */
  int rows();

  /** How long a sequence can be, in tokens. */
  int context();

  /** How many logits a token has. */
  int vocabulary();

  /** Of the weights, as stored in the checkpoint. */
  long weightBytes();

  /** Of the KV cache. */
  long cacheBytes();

  /**
   * Reads tokens into a row.
   *
   * @param row 0 to {@link #rows()} − 1
   * @param past how many tokens the row has already
   * @param tokens at least one; with {@code past} at most {@link #context()}
   * @param positions whose logits are wanted, counted from the first of {@code tokens}
   * @param ranks the adapter's rows of the arena; empty: the base model
   * @return {@code [positions, vocabulary]}
   */
  FloatBuffer prefill(int row, int past, int[] tokens, long[] positions, int[] ranks);

  /**
   * Adds one token to each row from 0 on.
   *
   * @param tokens one for each row
   * @param lengths how many tokens each row had before
   * @param ranks the adapter's rows of the arena, for each row
   * @return {@code [tokens.length, vocabulary]}
   */
  FloatBuffer decode(int[] tokens, int[] lengths, int[][] ranks);

  /** Copies the first tokens of a row over another row. */
  void move(int from, int to, int length);

  @Override
  void close();
}
