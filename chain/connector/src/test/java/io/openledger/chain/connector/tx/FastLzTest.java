package io.openledger.chain.connector.tx;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.Wei;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FastLzTest {

  @Test
  void givesTheLengthsThatTheRollupsNodesTestFor() {
    assertThat(FastLz.length(new byte[0])).isZero();
    assertThat(FastLz.length(new byte[1000])).isEqualTo(21);
    byte[] ones = new byte[1000];
    Arrays.fill(ones, (byte) 1);
    assertThat(FastLz.length(ones)).isEqualTo(21);
  }

  /** The twin writes the compressed bytes, which are expanded again: what it counts can be had. */
  @Test
  void isAsLongAsTheBytesOfAPlainCompressorThatExpandAgain() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int run = 0; run < 3000; run++) {
      byte[] in = new byte[random.nextInt(run % 50 == 0 ? 20_000 : 600)];
      int alphabet = 1 + random.nextInt(run % 3 == 0 ? 256 : 6);
      for (int i = 0; i < in.length; i++) {
        in[i] = (byte) random.nextInt(alphabet);
      }
      byte[] compressed = PlainFastLz.compress(in);
      assertThat(PlainFastLz.expand(compressed, in.length)).isEqualTo(in);
      assertThat(FastLz.length(in)).as("run %s of seed %s", run, seed).isEqualTo(compressed.length);
    }
  }

  @Test
  void chargesTheLeastFeeForShortTransactionsAndByLengthAboveIt() {
    L1DataFee fee = new L1DataFee(Wei.of(1_000_000_000), Wei.of(10_000_000), 2, 3);
    // 16*2*1e9 + 3*1e7 = 32_030_000_000; 100e6 of size: 3_203_000
    assertThat(fee.ofLength(0)).isEqualTo(Wei.of(3_203_000));
    assertThat(fee.ofLength(170)).isEqualTo(Wei.of(3_203_000));
    // (-42_585_600 + 836_500*171) * 32_030_000_000 / 1e12 = 100_455_900 * 0.03203
    assertThat(fee.ofLength(171)).isEqualTo(Wei.of(3_217_602));
    assertThat(fee.ofLength(1000)).isEqualTo(Wei.of(25_429_078));
  }

  /** FastLZ level 1 as its format says, byte by byte, with the matches that consensus fixes. */
  private static final class PlainFastLz {

    static byte[] compress(byte[] in) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int[] last = new int[8192];
      int done = 0;
      int at = 2;
      while (at < in.length - 14) {
        int here = hash(in, at);
        int earlier = last[here];
        last[here] = at;
        boolean match = at - earlier < 8192;
        for (int i = 0; match && i < 3; i++) {
          match = in[earlier + i] == in[at + i];
        }
        if (!match) {
          at++;
          continue;
        }
        literals(in, done, at, out);
        int length = 3;
        while (at + length < in.length - 4 && in[earlier + length] == in[at + length]) {
          length++;
        }
        // where the input ends before the bytes differ, the last compared byte stays out of the
        // match
        int coded = at + length < in.length - 4 ? length : length - 1;
        copy(coded, at - earlier, out);
        at += coded;
        done = at;
        last[hash(in, at - 2)] = at - 2;
        last[hash(in, at - 1)] = at - 1;
      }
      literals(in, done, in.length, out);
      return out.toByteArray();
    }

    private static void literals(byte[] in, int from, int to, ByteArrayOutputStream out) {
      for (int at = from; at < to; at += 32) {
        int run = Math.min(32, to - at);
        out.write(run - 1);
        out.write(in, at, run);
      }
    }

    /** Three bits of length, 13 of distance; a length of 9 or more has a byte of its own. */
    private static void copy(int length, int distance, ByteArrayOutputStream out) {
      int back = distance - 1;
      int left = length - 2;
      while (left > 262) {
        out.write(7 << 5 | back >> 8);
        out.write(253);
        out.write(back & 0xFF);
        left -= 262;
      }
      if (left < 7) {
        out.write(left << 5 | back >> 8);
      } else {
        out.write(7 << 5 | back >> 8);
        out.write(left - 7);
      }
      out.write(back & 0xFF);
    }

    private static int hash(byte[] in, int at) {
      long three = (in[at] & 0xFFL) | (in[at + 1] & 0xFFL) << 8 | (in[at + 2] & 0xFFL) << 16;
      return (int) ((three * 2654435769L & 0xFFFFFFFFL) >> 19);
    }

    static byte[] expand(byte[] in, int length) {
      byte[] out = new byte[length];
      int to = 0;
      for (int at = 0; at < in.length; ) {
        int control = in[at++] & 0xFF;
        if (control < 32) {
          System.arraycopy(in, at, out, to, control + 1);
          at += control + 1;
          to += control + 1;
          continue;
        }
        int count = (control >> 5) + 2;
        if (count == 9) {
          count += in[at++] & 0xFF;
        }
        int from = to - 1 - ((control & 31) << 8 | in[at++] & 0xFF);
        for (int i = 0; i < count; i++) {
          out[to++] = out[from++];
        }
      }
      assertThat(to).isEqualTo(length);
      return out;
    }
  }
}
