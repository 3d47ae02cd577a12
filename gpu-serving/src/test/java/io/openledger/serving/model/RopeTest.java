package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Frequencies against values computed from the papers' formulas apart from this code. */
class RopeTest {

  @Test
  void keepsAndDividesFrequenciesAsYarnSays() {
    double stretch = Rope.Yarn.stretch(4, 1);
    assertThat(stretch).isCloseTo(1.138629436111989, within(1e-15));
    frequencies(
        new Rope(1e6, new Rope.Yarn(4, 32768, 32, 1, stretch, true)),
        128,
        8,
        1.0,
        0.17782794100389226,
        0.03162277660168379,
        0.005375321490790102,
        0.0006029411764705882,
        4.445698525097307e-05,
        7.905694150420949e-06,
        1.4058533129758728e-06);
    frequencies(
        new Rope(1e4, new Rope.Yarn(40, 4096, 32, 1, 1, true)),
        64,
        4,
        1.0,
        0.31622776601683794,
        0.1,
        0.026879360111431223,
        0.0055,
        0.0007905694150420945,
        2.5e-05,
        7.905694150420947e-06);
    frequencies(
        new Rope(1e4, new Rope.Yarn(40, 4096, 32, 1, 1, false)),
        64,
        4,
        1.0,
        0.31622776601683794,
        0.1,
        0.02771085847508042,
        0.005524062977468265,
        0.0007226383418941806,
        2.5e-05,
        7.905694150420947e-06);
  }

  @Test
  void stretchesCosinesAndSinesWithYarn() {
    Rope.Tables tables = new Rope(1e4, new Rope.Yarn(4, 16, 32, 1, 1.5, true)).tables(3, 8);
    assertThat(tables.cos()[0]).isEqualTo(1.5f);
    assertThat(tables.sin()[4]).isEqualTo((float) (1.5 * Math.sin(1)));
  }

  @Test
  void changesNothingWithinTheOriginalContextOfDynamicScaling() {
    Rope.Tables plain = new Rope(1e4, new Rope.None()).tables(1024, 16);
    Rope.Tables dynamic = new Rope(1e4, new Rope.Dynamic(2, 1024)).tables(2048, 16);
    assertThat(Arrays.copyOf(dynamic.cos(), plain.cos().length)).containsExactly(plain.cos());
    assertThat(Arrays.copyOf(dynamic.sin(), plain.sin().length)).containsExactly(plain.sin());
  }

  @Test
  void growsTheBaseWithTheLengthThatEndsAtAPosition() {
    Rope.Tables dynamic = new Rope(1e4, new Rope.Dynamic(2, 1024)).tables(2048, 16);
    int[] positions = {1024, 2047};
    double[][] frequencies = {
      {1.0, 0.31613963116057103, 0.09994426639034189, 0.03159634351325654},
      {1.0, 0.2702961256924036, 0.07305999556432365, 0.019747833744140873}
    };
    for (int p = 0; p < positions.length; p++) {
      for (int i = 0; i < 4; i++) {
        assertThat((double) dynamic.cos()[positions[p] * 8 + i])
            .as("position %d, pair %d", positions[p], i)
            .isCloseTo(Math.cos(positions[p] * frequencies[p][i]), within(1e-7));
      }
    }
  }

  private static void frequencies(Rope rope, int rotated, int every, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(rope.frequency(i * every, rotated))
          .as("pair %d of %s", i * every, rope)
          .isCloseTo(expected[i], within(expected[i] * 1e-12));
    }
  }
}
