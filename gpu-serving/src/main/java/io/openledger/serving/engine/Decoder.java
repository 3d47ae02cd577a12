package io.openledger.serving.engine;

import io.openledger.serving.adapter.Arena;
import java.nio.FloatBuffer;
import java.util.Optional;

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

  /**
   * Of the weights in memory, in the form in which they are multiplied. Not of the embedding: its
   * rows are read where the checkpoint's file is mapped, and are there as long as the system likes.
   */
  long weightBytes();

  /** Of the KV cache, as it is now. */
  long cacheBytes();

  /** How many tokens all rows together can have, each counted as long as the longest. */
  default long cacheTokens() {
    return (long) rows() * context();
  }

  /**
   * Makes room for so many rows of so many tokens each; what the rows hold stays. A cache that
   * nobody ever fitted has all its rows in full length.
   *
   * @param rows 1 to {@link #rows()}
   * @param tokens with {@code rows} at most {@link #cacheTokens()}, and at most {@link #context()}
   * @param lengths tokens that the first rows hold; none is above {@code tokens}
   * @return false when there is no memory; nothing has changed then
   */
  default boolean fit(int rows, int tokens, int[] lengths) {
    return true;
  }

  /** Memory for keys and values apart from the rows. */
  interface Block {
    /** How much. */
    long bytes();
  }

  /** A block for so many tokens, the decoder's until it is closed; empty: it gives none. */
  default Optional<Block> block(int tokens) {
    return Optional.empty();
  }

  /** Copies as many tokens of a row as the block has room for, from a place on, into the block. */
  default void save(int row, int from, Block block) {
    throw new UnsupportedOperationException("no blocks");
  }

  /** Copies a block into a row, from a place on. */
  default void restore(Block block, int row, int from) {
    throw new UnsupportedOperationException("no blocks");
  }

  /**
   * Reads tokens into a row.
   *
   * @param row 0 to {@link #rows()} − 1
   * @param past how many tokens the row has already
   * @param tokens at least one; with {@code past} at most {@link #context()}
   * @param positions whose logits are wanted, counted from the first of {@code tokens}; perhaps
   *     none
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

  /** Exchanges the first tokens of two rows. */
  void swap(int a, int lengthA, int b, int lengthB);

  @Override
  void close();
}
