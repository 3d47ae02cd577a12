package io.openledger.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Hash256Test {

  private static final long SEED = 20261121;

  /** The empty string and "abc" of FIPS 180-4's examples. */
  @Test
  void sha256GivesThePublishedDigests() {
    assertThat(Hash256.sha256(new byte[0]))
        .hasToString("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Hash256.sha256("abc"))
        .hasToString("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Hash256.sha256("é"))
        .isEqualTo(Hash256.sha256(new byte[] {(byte) 0xC3, (byte) 0xA9}));
  }

  @Test
  void parsesWhatItPrintsWithAndWithoutPrefixInAnyCase() {
    Hash256 hash = Hash256.sha256("abc");
    assertThat(Hash256.parse(hash.hex())).isEqualTo(hash).hasSameHashCodeAs(hash);
    assertThat(Hash256.parse("0x" + hash)).isEqualTo(hash);
    assertThat(Hash256.parse(hash.hex().toUpperCase(java.util.Locale.ROOT))).isEqualTo(hash);
    assertThat(Hash256.of(hash.toBytes())).isEqualTo(hash);
    assertThat(hash).isNotEqualTo(Hash256.ZERO).isNotEqualTo(hash.hex());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x", "0x0x", "abc", "00"})
  void refusesTextOfAnotherLength(String text) {
    assertThatThrownBy(() -> Hash256.parse(text))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageStartingWith("OPENLEDGER-1001: hash is ")
        .hasMessageContaining(" digits; allowed: 64 hex digits");
  }

  @Test
  void refusesTextThatIsNotHexadecimalAndBytesOfAnotherLength() {
    assertThatThrownBy(() -> Hash256.parse("g".repeat(64))).hasMessageContaining("not hexadecimal");
    assertThatThrownBy(() -> Hash256.of(new byte[31])).hasMessageContaining("hash is 31 bytes");
    assertThatThrownBy(() -> Hash256.of(new byte[33])).hasMessageContaining("hash is 33 bytes");
  }

  @Test
  void writingToArraysOutsideDoesNotChangeIt() {
    byte[] bytes = new byte[32];
    Hash256 hash = Hash256.of(bytes);
    bytes[0] = 1;
    hash.toBytes()[0] = 1;
    assertThat(hash).isEqualTo(Hash256.ZERO);
  }

  @Test
  void ordersAsItsHexadecimalDigitsDo() {
    Random random = new Random(SEED);
    for (int i = 0; i < 2000; i++) {
      Hash256 a = random(random);
      byte[] near = a.toBytes();
      near[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
      for (Hash256 b : new Hash256[] {a, random(random), Hash256.of(near)}) {
        assertThat(Integer.signum(a.compareTo(b)))
            .as("seed %d: %s and %s", SEED, a, b)
            .isEqualTo(Integer.signum(a.hex().compareTo(b.hex())));
      }
    }
  }

  /**
   * JDK 17.0.15 on a processor with AVX-512 compiled {@code Arrays.compareUnsigned} wrong behind a
   * clone of a copy: after some 100 000 calls, different hashes compared as equal, and proofs were
   * given for the wrong leaf. Elsewhere this test cannot fail for that reason.
   */
  @Test
  void ordersRightAlsoWhenTheCompilerHasOptimisedIt() {
    Random random = new Random(SEED);
    int count = 665;
    byte[] all = new byte[count * 32];
    random.nextBytes(all);
    Hash256[] hashes = new Hash256[count];
    String[] digits = new String[count];
    for (int i = 0; i < count; i++) {
      hashes[i] = slice(all, i);
      digits[i] = hashes[i].hex();
    }
    int wrong = 0;
    for (int round = 0; round < 1500; round++) {
      for (int i = 0; i < count; i++) {
        int j = (i * 7 + round) % count;
        int order = Integer.signum(compareSlice(all, i, hashes[j]));
        wrong += order == Integer.signum(digits[i].compareTo(digits[j])) ? 0 : 1;
      }
    }
    assertThat(wrong).as("seed %d", SEED).isZero();
  }

  private static int compareSlice(byte[] all, int at, Hash256 other) {
    return slice(all, at).compareTo(other);
  }

  private static Hash256 slice(byte[] all, int at) {
    return Hash256.of(Arrays.copyOfRange(all, at * 32, (at + 1) * 32));
  }

  private static Hash256 random(Random random) {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Hash256.of(bytes);
  }
}
