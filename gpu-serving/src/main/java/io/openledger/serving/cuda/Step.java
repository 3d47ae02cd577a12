package io.openledger.serving.cuda;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What one run reads: {@code tokens[rows, tokens / rows]}, the other arrays by row; {@code
 * positions} are those whose logits are wanted.
 *
 * <p>In the feed's buffer tokens, places, positions and ranks come as 64-bit, lengths as 32-bit
 * integers, each from a multiple of 256 bytes on.
 */
record Step(int rows, int[] tokens, int[] lengths, long[] positions, int[][] ranks) {

  /** A product over ranks is added up in whole blocks, so that zeros change no bit. */
  private static final int BLOCK = 16;

  private static final int ALIGNMENT = 256;

  /**
   * What shapes and offsets follow from: two steps with the same one use the same tensors.
   *
   * @param rows of the batch
   * @param tokens of a row
   * @param positions whose logits are wanted, of a row
   * @param width adapter ranks of a row
   */
  record Shape(int rows, int tokens, int positions, int width) {

    long places() {
      return aligned(8L * rows * tokens);
    }

    long lengths() {
      return places() + aligned(8L * rows * tokens);
    }

    long wanted() {
      return lengths() + aligned(4L * rows);
    }

    long ranks() {
      return wanted() + aligned(8L * positions);
    }

    long bytes() {
      return ranks() + aligned(8L * rows * width);
    }

    private static long aligned(long bytes) {
      return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
  }

  /** Never without ranks: kernels of GPUs need not set a product over nothing to zero. */
  Shape shape() {
    int most = Arrays.stream(ranks).mapToInt(each -> each.length).max().orElse(0);
    int width = Math.max(1, (most + BLOCK - 1) / BLOCK) * BLOCK;
    return new Shape(rows, tokens.length / rows, positions.length, width);
  }

  /** Tokens of the longest row. */
  int longest() {
    return Arrays.stream(lengths).max().orElse(0) + 1;
  }

  void write(ByteBuffer to) {
    Shape shape = shape();
    for (int i = 0; i < tokens.length; i++) {
      int row = i / shape.tokens();
      to.putLong(8 * i, tokens[i]);
      // The last token of a row is at its length, less one.
      long place = lengths[row] - (shape.tokens() - 1) + i % shape.tokens();
      to.putLong((int) shape.places() + 8 * i, place);
    }
    for (int i = 0; i < positions.length; i++) {
      to.putLong((int) shape.wanted() + 8 * i, positions[i]);
    }
    for (int row = 0; row < rows; row++) {
      to.putInt((int) shape.lengths() + 4 * row, lengths[row]);
      for (int i = 0; i < shape.width(); i++) {
        int rank = i < ranks[row].length ? ranks[row][i] : 0;
        to.putLong((int) shape.ranks() + 8 * (row * shape.width() + i), rank);
      }
    }
  }
}
