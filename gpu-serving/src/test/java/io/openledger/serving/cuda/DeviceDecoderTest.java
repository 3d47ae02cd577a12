package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.capi.Api;
import io.openledger.serving.engine.Decoder;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.onnx.OnnxDecoder;
import io.openledger.serving.onnx.OrtLibrary;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decoder on a device in the processor's memory, against the decoder without one. */
class DeviceDecoderTest {

  private static final int[] BASE = {};
  private static final int ROWS = 5;

  @TempDir Path folder;
  private final HostDevice device = new HostDevice();

  private Checkpoint checkpoint() throws Exception {
    return Checkpoint.open(TinyModel.write(folder.resolve("m"), TinyModel.config(), "F32", 2));
  }

  private static DeviceDecoder.Plan plan(DType type, long memory) {
    return new DeviceDecoder.Plan(ROWS, 96, 1, type, memory);
  }

  private DeviceDecoder open(Checkpoint checkpoint, DType type) {
    return DeviceDecoder.open(
        device, Api.open(OrtLibrary.loaded()), checkpoint, plan(type, 64 << 20));
  }

  private AdapterWeights adapter(Checkpoint checkpoint, int rank, long seed) throws Exception {
    Path at = folder.resolve("adapter" + seed);
    return Adapters.read(TinyModel.writeAdapter(at, checkpoint, rank, seed), checkpoint.config());
  }

  private static int[] tokens(int count, long seed) {
    return new Random(seed).ints(count, 0, TinyModel.VOCABULARY).toArray();
  }

  private static float[] copy(FloatBuffer logits) {
    float[] values = new float[logits.remaining()];
    logits.duplicate().get(values);
    return values;
  }

  @Test
  void givesTheVeryBitsOfTheDecoderWithoutADevice() throws Exception {
    Checkpoint checkpoint = checkpoint();
    long seed = 20261125;
    Random random = new Random(seed);
    try (DeviceDecoder actual = open(checkpoint, DType.F32);
        OnnxDecoder expected = OnnxDecoder.open(checkpoint, ROWS, 96, 1)) {
      int[][] adapters = new int[ROWS][];
      int next = 1;
      for (int i = 0; i < ROWS; i++) {
        adapters[i] = IntStream.range(next, next + 7 * i).toArray();
        next += 7 * i;
        AdapterWeights weights = i == 0 ? null : adapter(checkpoint, 7 * i, i);
        for (Decoder decoder : new Decoder[] {actual, expected}) {
          decoder.reserve(next);
          if (weights != null) {
            decoder.upload(weights, adapters[i]);
          }
        }
      }
      int[] lengths = new int[ROWS];
      int[][] ranks = new int[ROWS][];
      for (int round = 0; round < 120; round++) {
        String at = "seed " + seed + ", round " + round;
        int row = random.nextInt(ROWS);
        if (lengths[row] == 0 || random.nextInt(6) == 0) {
          ranks[row] = adapters[random.nextInt(ROWS)];
          int[] prompt = tokens(1 + random.nextInt(40), round);
          int cut = random.nextInt(prompt.length);
          // In two pieces, the second with logits of two positions where there are two.
          if (cut > 0) {
            int[] piece = Arrays.copyOf(prompt, cut);
            assertThat(copy(actual.prefill(row, 0, piece, new long[] {cut - 1}, ranks[row])))
                .as(at)
                .containsExactly(
                    copy(expected.prefill(row, 0, piece, new long[] {cut - 1}, ranks[row])));
          }
          int[] rest = Arrays.copyOfRange(prompt, cut, prompt.length);
          long[] wanted = {0, rest.length - 1};
          assertThat(copy(actual.prefill(row, cut, rest, wanted, ranks[row])))
              .as(at)
              .containsExactly(copy(expected.prefill(row, cut, rest, wanted, ranks[row])));
          lengths[row] = prompt.length;
        } else if (random.nextInt(4) == 0) {
          int from = random.nextInt(ROWS);
          if (from != row && lengths[from] > 0) {
            actual.move(from, row, lengths[from]);
            expected.move(from, row, lengths[from]);
            lengths[row] = lengths[from];
            ranks[row] = ranks[from];
          }
        } else {
          int count = 1;
          while (count < ROWS && lengths[count] > 0 && lengths[count] < 95) {
            count++;
          }
          if (lengths[0] == 0 || lengths[0] >= 95) {
            continue;
          }
          int[] step = tokens(count, -round);
          int[] past = Arrays.copyOf(lengths, count);
          int[][] used = Arrays.copyOf(ranks, count);
          assertThat(copy(actual.decode(step, past, used)))
              .as(at)
              .containsExactly(copy(expected.decode(step, past, used)));
          for (int i = 0; i < count; i++) {
            lengths[i]++;
          }
        }
      }
    }
    assertThat(device.open).as("memory and fences that were not given back").isZero();
    assertThat(device.used).isZero();
    assertThat(device.closed).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"F32", "F16", "BF16"})
  void staysCloseTo32BitsInHalvesOfEveryStoredType(String stored) throws Exception {
    JsonObject config = TinyModel.config();
    Checkpoint checkpoint =
        Checkpoint.open(TinyModel.write(folder.resolve("m"), config, stored, 5));
    AdapterWeights weights = adapter(checkpoint, 6, 9);
    int[] ranks = {1, 2, 3, 4, 5, 6};
    int[] prompt = tokens(30, 4);
    try (DeviceDecoder narrow = open(checkpoint, DType.F16);
        OnnxDecoder wide = OnnxDecoder.open(checkpoint, ROWS, 96, 1)) {
      List<Double> distances = new ArrayList<>();
      for (int[] used : new int[][] {BASE, ranks}) {
        for (Decoder decoder : new Decoder[] {narrow, wide}) {
          decoder.reserve(6);
          decoder.upload(weights, ranks);
        }
        float[] actual = copy(narrow.prefill(0, 0, prompt, new long[] {29}, used));
        float[] expected = copy(wide.prefill(0, 0, prompt, new long[] {29}, used));
        distances.add(distance(actual, expected));
        for (int i = 0; i < 20; i++) {
          int[] token = tokens(1, i);
          int[] past = {30 + i};
          actual = copy(narrow.decode(token, past, new int[][] {used}));
          expected = copy(wide.decode(token, past, new int[][] {used}));
          distances.add(distance(actual, expected));
        }
      }
      Collections.sort(distances);
      // More than nothing, else it would not compute in 16 bits. A random adapter outweighs its
      // random base: a rare token amplifies what was rounded.
      assertThat(distances.get(distances.size() / 2)).isBetween(1e-5, 2e-3);
      assertThat(distances.get(distances.size() - 1)).isLessThan(2e-2);
    }
  }

  /** The root of the mean square of the differences, as a part of the largest logit. */
  private static double distance(float[] actual, float[] expected) {
    double most = 0;
    double squares = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i]));
      squares += Math.pow(actual[i] - expected[i], 2);
    }
    return Math.sqrt(squares / expected.length) / most;
  }

  @Test
  void waitsForTheUploadsThatAStepUsesAndForNoOther() throws Exception {
    Checkpoint checkpoint = checkpoint();
    try (DeviceDecoder decoder = open(checkpoint, DType.F32);
        OnnxDecoder expected = OnnxDecoder.open(checkpoint, 1, 96, 1)) {
      AdapterWeights weights = adapter(checkpoint, 4, 1);
      int[] ranks = {3, 4, 9, 10};
      decoder.reserve(20);
      expected.reserve(20);
      expected.upload(weights, ranks);
      int[] prompt = tokens(8, 1);
      decoder.upload(weights, ranks);
      decoder.prefill(0, 0, prompt, new long[] {7}, BASE);
      decoder.prefill(1, 0, prompt, new long[] {7}, new int[] {5, 11});
      assertThat(device.awaited).isZero();
      float[] first = copy(decoder.prefill(1, 0, prompt, new long[] {7}, ranks));
      assertThat(device.awaited).isEqualTo(1);
      assertThat(first)
          .containsExactly(copy(expected.prefill(0, 0, prompt, new long[] {7}, ranks)));
      decoder.prefill(1, 0, prompt, new long[] {7}, ranks);
      assertThat(device.awaited).as("it is there now").isEqualTo(1);
      // More uploads than there are buffers, without a step in between.
      for (int i = 0; i < 5; i++) {
        decoder.upload(adapter(checkpoint, 4, 20 + i), ranks);
      }
      decoder.upload(weights, ranks);
      assertThat(copy(decoder.prefill(1, 0, prompt, new long[] {7}, ranks))).containsExactly(first);
    }
    assertThat(device.open).isZero();
  }

  @Test
  void exchangesRowsAndReadsWithoutAskingForLogits() throws Exception {
    Checkpoint checkpoint = checkpoint();
    try (DeviceDecoder decoder = open(checkpoint, DType.F32)) {
      int[] a = tokens(30, 1);
      int[] b = tokens(12, 2);
      assertThat(decoder.prefill(0, 0, a, new long[0], BASE).remaining()).isZero();
      decoder.prefill(2, 0, b, new long[0], BASE);
      decoder.prefill(1, 0, b, new long[0], BASE);
      int[] next = {5, 6, 7};
      float[] before =
          copy(decoder.decode(next, new int[] {30, 12, 12}, new int[][] {BASE, BASE, BASE}));
      decoder.swap(0, 30, 2, 12);
      float[] after =
          copy(
              decoder.decode(
                  new int[] {7, 6, 5}, new int[] {12, 12, 30}, new int[][] {BASE, BASE, BASE}));
      int v = decoder.vocabulary();
      assertThat(Arrays.copyOfRange(after, 0, v))
          .containsExactly(Arrays.copyOfRange(before, 2 * v, 3 * v));
      assertThat(Arrays.copyOfRange(after, 2 * v, 3 * v))
          .containsExactly(Arrays.copyOfRange(before, 0, v));
    }
    assertThat(device.open).isZero();
  }

  @Test
  void keepsItsAdaptersWhenTheArenaGrows() throws Exception {
    Checkpoint checkpoint = checkpoint();
    try (DeviceDecoder decoder = open(checkpoint, DType.F32)) {
      AdapterWeights weights = adapter(checkpoint, 2, 1);
      int[] prompt = tokens(8, 1);
      decoder.reserve(2);
      decoder.upload(weights, new int[] {1, 2});
      long before = decoder.adapterBytes();
      float[] first = copy(decoder.prefill(0, 0, prompt, new long[] {7}, new int[] {1, 2}));
      decoder.upload(weights, new int[] {1, 2});
      decoder.reserve(300);
      assertThat(decoder.adapterBytes()).isGreaterThan(100 * before);
      assertThat(copy(decoder.prefill(0, 0, prompt, new long[] {7}, new int[] {1, 2})))
          .containsExactly(first);
      assertThat(decoder.usedBytes()).isEqualTo(device.used);
    }
  }

  @Test
  void refusesACacheAndAdaptersOverItsMemory() throws Exception {
    Checkpoint checkpoint = checkpoint();
    Api api = Api.open(OrtLibrary.loaded());
    assertThatThrownBy(() -> DeviceDecoder.open(device, api, checkpoint, plan(DType.F32, 100_000)))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID))
        .hasMessageContaining("KV cache");
    assertThat(device.closed).isTrue();
    assertThat(device.open).isZero();
    HostDevice small = new HostDevice();
    try (DeviceDecoder decoder =
        DeviceDecoder.open(
            small, Api.open(OrtLibrary.loaded()), checkpoint, plan(DType.F32, 1 << 20))) {
      assertThatThrownBy(() -> decoder.reserve(2000))
          .isInstanceOfSatisfying(
              OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
      assertThat(decoder.usedBytes()).isLessThanOrEqualTo(1 << 20).isEqualTo(small.used);
      // What was there goes on working.
      decoder.reserve(3);
      decoder.upload(adapter(checkpoint, 3, 1), new int[] {1, 2, 3});
      decoder.prefill(0, 0, tokens(8, 1), new long[] {7}, new int[] {1, 2, 3});
    }
    assertThat(small.open).isZero();
  }

  @Test
  void tellsALossFromThenOnAndStillCloses() throws Exception {
    Checkpoint checkpoint = checkpoint();
    int[] prompt = tokens(8, 1);
    // Wherever it is lost: the number of calls before is drawn up.
    for (int calls = 0; calls < 60; calls++) {
      HostDevice failing = new HostDevice();
      DeviceDecoder decoder =
          DeviceDecoder.open(
              failing, Api.open(OrtLibrary.loaded()), checkpoint, plan(DType.F32, 64 << 20));
      failing.callsUntilLoss = calls;
      boolean met = false;
      for (int i = 0; i < 20; i++) {
        try {
          decoder.reserve(3 + i);
          decoder.upload(adapter(checkpoint, 3, 1), new int[] {1, 2, 3});
          decoder.prefill(0, 0, prompt, new long[] {7}, new int[] {1, 2, 3});
          decoder.move(0, 1, 8);
          assertThat(met).as("answers after a loss").isFalse();
        } catch (OpenLedgerException e) {
          assertThat(e.code()).as("after %d calls: %s", calls, e).isEqualTo(ErrorCode.DEVICE_LOST);
          met = true;
        }
      }
      assertThat(met).isTrue();
      decoder.close();
      decoder.close();
      assertThat(failing.closed).isTrue();
    }
    try (DeviceDecoder again = open(checkpoint, DType.F32)) {
      again.prefill(0, 0, prompt, new long[] {7}, BASE);
    }
  }

  @Test
  void givesEverythingBackWhenItsDeviceIsLostWhileItOpens() throws Exception {
    Checkpoint checkpoint = checkpoint();
    for (int calls = 0; calls < 12; calls++) {
      HostDevice failing = new HostDevice();
      failing.callsUntilLoss = calls;
      Api api = Api.open(OrtLibrary.loaded());
      try {
        DeviceDecoder.open(failing, api, checkpoint, plan(DType.F32, 64 << 20)).close();
      } catch (OpenLedgerException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.DEVICE_LOST);
      }
      assertThat(failing.closed).isTrue();
      assertThat(failing.open).as("after %d calls", calls).isZero();
    }
  }

  @Test
  void refusesUseAfterItIsClosed() throws Exception {
    DeviceDecoder decoder = open(checkpoint(), DType.F32);
    decoder.close();
    assertThatThrownBy(() -> decoder.prefill(0, 0, new int[] {1}, new long[] {0}, BASE))
        .isInstanceOf(IllegalStateException.class);
  }
}
