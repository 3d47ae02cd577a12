package io.openledger.attribution.index;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Access and rank over a sequence of symbols (F. Claude, G. Navarro, A. Ordóñez, "The wavelet
 * matrix: An efficient wavelet tree for large alphabets", Information Systems 47, 2015): one bit
 * vector a bit of the symbols, highest first; each level moves the symbols whose bit is 0 before
 * the others.
 *
 * <p>Layout: the levels' {@link CompressedBits}, one behind the other. An access or a rank costs
 * one rank or two a level. Immutable, safe for any thread.
 */
final class WaveletMatrix {

  private final CompressedBits[] levels;
  private final long[] zeros;
  private final long length;

  /** A sequence of {@code size} symbols of {@code bits} bits that begins at {@code at}. */
  WaveletMatrix(MappedBytes bytes, long at, long size, int bits) {
    levels = new CompressedBits[bits];
    zeros = new long[bits];
    long next = at;
    for (int level = 0; level < bits; level++) {
      levels[level] = new CompressedBits(bytes, next, size);
      zeros[level] = size - levels[level].ones();
      next += levels[level].length();
    }
    length = next - at;
  }

  /** How many bytes it takes. */
  long length() {
    return length;
  }

  /** The symbol at {@code index}, below the size. */
  int get(long index) {
    long at = index;
    int symbol = 0;
    for (int level = 0; level < levels.length; level++) {
      long there = levels[level].rankAndBit(at);
      boolean one = (there & 1) != 0;
      symbol = symbol << 1 | (one ? 1 : 0);
      at = one ? zeros[level] + (there >>> 1) : at - (there >>> 1);
    }
    return symbol;
  }

  /**
   * How often a symbol stands before {@code from} and before {@code to}.
   *
   * @param from 0 to {@code to}
   * @param to up to the size
   */
  Ranks ranks(int symbol, long from, long to) {
    long first = 0;
    long low = from;
    long high = to;
    for (int level = 0; level < levels.length; level++) {
      CompressedBits bits = levels[level];
      if ((symbol >>> (levels.length - 1 - level) & 1) != 0) {
        first = zeros[level] + bits.rank(first);
        low = zeros[level] + bits.rank(low);
        high = zeros[level] + bits.rank(high);
      } else {
        first -= bits.rank(first);
        low -= bits.rank(low);
        high -= bits.rank(high);
      }
    }
    return new Ranks(low - first, high - first);
  }

  /** The bytes of a sequence of symbols below 2^{@code bits}. */
  static byte[] of(int[] symbols, int bits) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int[] now = Arrays.copyOf(symbols, symbols.length);
    int[] ones = new int[now.length];
    for (int shift = bits - 1; shift >= 0; shift--) {
      long[] level = new long[(now.length + 63) >>> 6];
      int zero = 0;
      int one = 0;
      for (int i = 0; i < now.length; i++) {
        if ((now[i] >>> shift & 1) != 0) {
          level[i >>> 6] |= 1L << i;
          ones[one++] = now[i];
        } else {
          now[zero++] = now[i];
        }
      }
      System.arraycopy(ones, 0, now, zero, one);
      out.writeBytes(CompressedBits.of(level, now.length));
    }
    return out.toByteArray();
  }
}
