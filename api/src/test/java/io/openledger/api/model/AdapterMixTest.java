package io.openledger.api.model;

import static io.openledger.api.Refusals.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterMixTest {

  @Test
  void theOrderOfNamingDoesNotMatter() {
    long seed = 8;
    Random random = new Random(seed);
    List<AdapterMix.Part> parts = new ArrayList<>();
    for (int i = 0; i < AdapterMix.MOST; i++) {
      parts.add(new AdapterMix.Part(new ModelId("a" + i), AdapterWeight.of(i - 3.5)));
    }
    AdapterMix mix = new AdapterMix(parts);
    assertThat(mix.parts()).isEqualTo(parts);
    for (int i = 0; i < 100; i++) {
      Collections.shuffle(parts, random);
      assertThat(new AdapterMix(parts)).as("seed %d, %d", seed, i).isEqualTo(mix);
    }
    assertThat(AdapterMix.of("b", 1).and("a", -2)).isEqualTo(AdapterMix.of("a", -2).and("b", 1));
  }

  @Test
  void refusesNoAdapterTooManyAndOneTwice() {
    refuses("adapters of a mix is 0", "1 to 8", () -> new AdapterMix(List.of()));
    AdapterMix most = AdapterMix.of("a0", 1);
    for (int i = 1; i < AdapterMix.MOST; i++) {
      most = most.and("a" + i, 1);
    }
    AdapterMix full = most;
    refuses("adapters of a mix is 9", "1 to 8", () -> full.and("a8", 1));
    refuses("naming a twice", "each once", () -> AdapterMix.of("a", 1).and("a", 0.5));
  }

  @Test
  void oneAdapterAsItWasTrainedIsNoMix() {
    assertThat(AdapterMix.of("a", 1).single()).isTrue();
    assertThat(AdapterMix.of("a", 0.999999).single()).isFalse();
    assertThat(AdapterMix.of("a", -1).single()).isFalse();
    assertThat(AdapterMix.of("a", 1).and("b", 1).single()).isFalse();
  }

  @Test
  void weightsAreMillionths() {
    assertThat(AdapterWeight.of(1 / 3.0).millionths()).isEqualTo(333_333);
    assertThat(AdapterWeight.of(-8).millionths()).isEqualTo(-8_000_000);
    assertThat(AdapterWeight.of(1e-6)).hasToString("0.000001");
    assertThat(AdapterWeight.of(-0.25)).hasToString("-0.25");
    assertThat(AdapterWeight.of(-0.25).magnitude()).isEqualTo(250_000);
    assertThat(AdapterWeight.of(2)).hasToString("2");
    assertThat(AdapterWeight.ONE.value()).isEqualTo(1.0);
    // 7812.5 and 23437.5 millionths, exactly
    assertThat(AdapterWeight.of(1 / 128.0).millionths()).isEqualTo(7_812);
    assertThat(AdapterWeight.of(3 / 128.0).millionths()).isEqualTo(23_438);
  }

  @Test
  void aWeightAndItsNumberAreTheSameThing() {
    Random random = new Random(17);
    for (int i = 0; i < 100_000; i++) {
      int millionths = random.nextInt(16_000_001) - 8_000_000;
      if (millionths != 0) {
        AdapterWeight weight = new AdapterWeight(millionths);
        assertThat(AdapterWeight.of(weight.value())).isEqualTo(weight);
        assertThat(Double.parseDouble(weight.toString())).isEqualTo(weight.value());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        0,
        -0.0,
        4e-7,
        -4e-7,
        Double.MIN_VALUE,
        8.0000001,
        -8.1,
        1e300,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void refusesWhatIsNoWeight(double weight) {
    refuses("adapter weight is " + weight, "-8 to 8 in millionths", () -> AdapterWeight.of(weight));
  }

  @Test
  void refusesMillionthsOutOfRange() {
    refuses("adapter weight is 8.000001", "-8 to 8", () -> new AdapterWeight(8_000_001));
    refuses("adapter weight is 0", "not 0", () -> new AdapterWeight(0));
    refuses(
        "adapter weight is -2147.483648", "-8 to 8", () -> new AdapterWeight(Integer.MIN_VALUE));
  }
}
