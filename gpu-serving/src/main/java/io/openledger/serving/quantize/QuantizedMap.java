package io.openledger.serving.quantize;

import java.nio.file.Path;

/**
 * Where a quantised linear map lies.
 *
 * @param name of its weight in the checkpoint
 * @param format of its blocks
 * @param out how many outputs
 * @param in how many inputs
 * @param file the file that holds it
 * @param codesAt where its codes begin
 * @param scalesAt where its scales begin, 32-bit floats
 */
public record QuantizedMap(
    String name, BlockFormat format, int out, int in, Path file, long codesAt, long scalesAt) {

  /** Bytes of its codes. */
  public long codesBytes() {
    return format.codes(out, in);
  }

  /** Bytes of its scales. */
  public long scalesBytes() {
    return format.scales(out, in) * Float.BYTES;
  }

  /**
   * Bytes that are in memory once a model is loaded. Products in integers pack codes, scales and
   * the sums of the blocks anew, and the file's scales stay mapped beside them; products over
   * quantiles use the mapped file alone.
   */
  public long residentBytes() {
    return format == BlockFormat.NF4
        ? codesBytes() + scalesBytes()
        : codesBytes() + 3 * scalesBytes();
  }
}
