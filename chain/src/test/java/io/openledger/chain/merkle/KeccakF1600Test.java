package io.openledger.chain.merkle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.junit.jupiter.api.Test;

/** The plain twin is Bouncy Castle's digest. */
class KeccakF1600Test {

  private static final long SEED = 20261126;
  private static final int RATE = 136;

  private final Random random = new Random(SEED);

  @Test
  void aSpongeOnThePermutationHashesEveryLengthAsBouncyCastleDoes() {
    for (int length = 0; length <= 300; length++) {
      for (int i = 0; i < 20; i++) {
        byte[] input = bytes(length);
        assertThat(sponge(input)).as("seed %d, length %d", SEED, length).isEqualTo(plain(input));
      }
    }
  }

  @Test
  void aPairIsTheHashOfBothChildrenInAscendingOrder() {
    KeccakF1600 keccak = new KeccakF1600();
    for (int i = 0; i < 5000; i++) {
      byte[] a = bytes(32);
      byte[] b = bytes(32);
      // often alike up to some byte, so that each byte decides for once
      System.arraycopy(a, 0, b, 0, random.nextInt(33));
      long[] nodes = new long[12];
      System.arraycopy(lanes(a), 0, nodes, 0, 4);
      System.arraycopy(lanes(b), 0, nodes, 4, 4);
      keccak.pair(nodes, 0, nodes, 4, nodes, 8);
      byte[] expected =
          Arrays.compareUnsigned(a, b) <= 0 ? plain(concat(a, b)) : plain(concat(b, a));
      assertThat(bytes(nodes, 8)).as("seed %d, pair %d", SEED, i).isEqualTo(expected);
    }
  }

  @Test
  void aLeafIsTheHashOfTheHash() {
    KeccakF1600 keccak = new KeccakF1600();
    for (int i = 0; i < 2000; i++) {
      byte[] encoded = bytes(64);
      long[] out = new long[5];
      keccak.leaf(lanes(encoded), out, 1);
      assertThat(bytes(out, 1)).as("seed %d", SEED).isEqualTo(plain(plain(encoded)));
    }
  }

  /** Section 2.2 of the reference, with the padding of the submission. */
  private static byte[] sponge(byte[] input) {
    byte[] padded = Arrays.copyOf(input, (input.length / RATE + 1) * RATE);
    padded[input.length] |= 1;
    padded[padded.length - 1] |= (byte) 0x80;
    long[] state = new long[25];
    for (int block = 0; block < padded.length; block += RATE) {
      long[] lanes = lanes(Arrays.copyOfRange(padded, block, block + RATE));
      for (int i = 0; i < lanes.length; i++) {
        state[i] ^= lanes[i];
      }
      KeccakF1600.permute(state);
    }
    return bytes(state, 0);
  }

  private static byte[] plain(byte[] input) {
    KeccakDigest digest = new KeccakDigest(256);
    digest.update(input, 0, input.length);
    byte[] out = new byte[32];
    digest.doFinal(out, 0);
    return out;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] concat(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }

  private static long[] lanes(byte[] bytes) {
    long[] lanes = new long[bytes.length / 8];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(lanes);
    return lanes;
  }

  private static byte[] bytes(long[] lanes, int from) {
    ByteBuffer bytes = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(lanes, from, 4);
    return bytes.array();
  }
}
