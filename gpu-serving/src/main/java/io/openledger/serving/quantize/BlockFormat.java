package io.openledger.serving.quantize;

/**
 * How the weights of a linear map are kept. Blocks lie along the inputs, in the order of the
 * checkpoint ({@code [out, in]}, row-major).
 */
public enum BlockFormat {
  /**
   * Blocks of 32 within a row: {@code w = (code − 128) · scale}, codes of 8 bits from 1 to 255. A
   * short last block is filled up with 128.
   */
  INT8(8, 32),
  /**
   * Blocks of 32 within a row: {@code w = (code − 8) · scale}, codes of 4 bits, the first of two in
   * the lower half of a byte. A short last block is filled up with 8.
   */
  INT4(4, 32),
  /**
   * Blocks of 64 through the whole matrix: {@code w = quantile[code] · scale}, the scale being the
   * largest magnitude, codes of 4 bits, the first of two in the upper half of a byte (Dettmers et
   * al. 2023, "QLoRA", appendix E, and the layout of bitsandbytes, without its second quantisation
   * of the scales).
   */
  NF4(4, 64);

  private final int bits;
  private final int block;

  BlockFormat(int bits, int block) {
    this.bits = bits;
    this.block = block;
  }

  /** Bits of one code. */
  public int bits() {
    return bits;
  }

  /** How many weights share a scale. */
  public int block() {
    return block;
  }

  /** How many scales a map has in so many whole rows. */
  long scales(long rows, int in) {
    return this == NF4 ? (rows * in + block - 1) / block : rows * ((in + block - 1) / block);
  }

  /** How many bytes of codes. */
  long codes(long rows, int in) {
    return this == NF4 ? (rows * in + 1) / 2 : scales(rows, in) * block * bits / 8;
  }

  /** So many rows, or a multiple of it, end at the end of a block and of a byte. */
  int wholeRows(int in) {
    int rows = 1;
    if (this == NF4) {
      while ((long) rows * in % block != 0) {
        rows *= 2;
      }
    }
    return rows;
  }
}
