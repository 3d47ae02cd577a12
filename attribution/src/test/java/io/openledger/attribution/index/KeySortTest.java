package io.openledger.attribution.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeySortTest {

  private static final int[] SIZES = {
    0, 1, 2, 15, 16, 17, 511, 512, 513, (1 << 17) - 1, 1 << 17, (1 << 17) + 1, 300_000
  };

  /** Keys with distinct positions; how their symbols are drawn decides which ways are taken. */
  private static long[] keys(int size, KeyLayout layout, Random random, int kind) {
    long[] keys = new long[size];
    long largest = (1L << layout.bits()) - 1;
    for (int i = 0; i < size; i++) {
      long symbols =
          switch (kind) {
            case 0 -> random.nextLong() & largest;
            case 1 -> largest;
            case 2 -> random.nextInt(3);
            default -> (long) random.nextInt(3) << (layout.bits() - 2);
          };
      keys[i] = symbols << layout.positionBits() | i;
    }
    return keys;
  }

  @Test
  void sortsAsComparingSymbolsDoesAndKeepsEveryPosition() {
    long seed = 20;
    Random random = new Random(seed);
    KeyLayout[] layouts = {
      KeyLayout.of(300_000, 2048), KeyLayout.of(1 << 26, 50_000), KeyLayout.of(300_000, 2)
    };
    for (KeyLayout layout : layouts) {
      for (int size : SIZES) {
        for (int kind = 0; kind < 4; kind++) {
          // an entry on each side, which stays
          long[] keys = keys(size + 2, layout, random, kind);
          long first = keys[0];
          long last = keys[size + 1];
          long[] expected = keys.clone();
          Arrays.sort(expected, 1, size + 1);
          new KeySort(keys, layout, new SortMeter(fraction -> {}, 1)).sort(1, size + 1);
          assertThat(keys[0]).isEqualTo(first);
          assertThat(keys[size + 1]).isEqualTo(last);
          for (int i = 1; i <= size; i++) {
            if (keys[i] >>> layout.positionBits() != expected[i] >>> layout.positionBits()) {
              throw new AssertionError("seed " + seed + ", kind " + kind + ", entry " + i);
            }
          }
          // equal symbols are in any order: all positions are still there
          Arrays.sort(keys, 1, size + 1);
          assertThat(Arrays.equals(keys, expected)).as("seed %d", seed).isTrue();
        }
      }
    }
  }

  @Test
  void layoutsHoldThePositionAndAtLeastOneSymbolBeside() {
    assertThat(KeyLayout.of(30_000_000, 2047)).isEqualTo(new KeyLayout(25, 11, 3));
    assertThat(KeyLayout.of(1 << 26, 65_536)).isEqualTo(new KeyLayout(27, 17, 2));
    assertThat(KeyLayout.of(Integer.MAX_VALUE, Integer.MAX_VALUE).symbols()).isEqualTo(1);
    KeyLayout layout = KeyLayout.of(1000, 5);
    assertThat(layout.position(-1L)).isEqualTo(1023);
  }

  @Test
  void rankedBitsCountUpToTheLastOneSet() {
    long seed = 21;
    Random random = new Random(seed);
    int size = 1000;
    boolean[] plain = new boolean[size];
    RankedBits bits = new RankedBits(size);
    for (int i = 0; i < size; i++) {
      plain[i] = random.nextInt(4) == 0;
      if (plain[i]) {
        bits.set(i);
      }
    }
    int count = 0;
    int[] upTo = new int[size];
    for (int i = 0; i < size; i++) {
      count += plain[i] ? 1 : 0;
      upTo[i] = count - 1;
    }
    assertThat(bits.rank()).isEqualTo(count);
    for (int i = 0; i < size; i++) {
      assertThat(bits.upTo(i)).as("seed %d, bit %d", seed, i).isEqualTo(upTo[i]);
    }
  }
}
