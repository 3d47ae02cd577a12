package io.openledger.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonParser;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import io.openledger.serving.PlainLlama;
import io.openledger.serving.TinyFamilies;
import io.openledger.serving.TinyFamilies.Kind;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.quantize.QuantizationPlan;
import io.openledger.serving.quantize.QuantizedWeights;
import io.openledger.serving.quantize.WeightCache;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs of every family against the plain twin, on generated checkpoints. */
class FamiliesTest {

  private static final int CONTEXT = 80;
  private static final int[] BASE = {};
  private static final long SEED = 20261125;

  @TempDir Path folder;

  /** Adapters change every linear map that the family has, experts apart. */
  private AdapterWeights adapter(Checkpoint checkpoint, int rank) throws Exception {
    Path at = folder.resolve("adapter-" + rank);
    var config = TinyModel.adapterConfig(rank);
    config.add("target_modules", JsonParser.parseString("\"all-linear\""));
    TinyModel.writeAdapter(at, config, TinyModel.adapter(checkpoint, rank, SEED + rank));
    return Adapters.read(at, checkpoint.config());
  }

  @ParameterizedTest
  @EnumSource
  void equalsThePlainTwinWithAndWithoutAnAdapter(Kind kind) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyFamilies.write(folder, kind.config(), "F32", SEED));
    AdapterWeights adapter = adapter(checkpoint, 3);
    PlainLlama plain = new PlainLlama(checkpoint);
    int[] tokens = tokens(60, SEED);
    long[] all = LongStream.range(0, tokens.length).toArray();
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 2, CONTEXT, 1)) {
      int[] ranks = {1, 2, 3};
      decoder.reserve(3);
      decoder.upload(adapter, ranks);
      same(decoder.prefill(1, 0, tokens, all, BASE), plain.logits(tokens, Adapters.NONE));
      same(decoder.prefill(0, 0, tokens, all, ranks), plain.logits(tokens, adapter));
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsSixteenBitsFromShards(Kind kind) throws Exception {
    String dtype = kind.ordinal() % 2 == 0 ? "BF16" : "F16";
    Checkpoint checkpoint =
        Checkpoint.open(TinyFamilies.writeShards(folder, kind.config(), dtype, SEED, 3));
    int[] tokens = tokens(30, SEED);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 1, CONTEXT, 1)) {
      same(
          decoder.prefill(0, 0, tokens, LongStream.range(0, 30).toArray(), BASE),
          new PlainLlama(checkpoint).logits(tokens, Adapters.NONE));
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsAPromptInPiecesAndStepByStepAsInOne(Kind kind) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyFamilies.write(folder, kind.config(), "F32", SEED));
    int[] tokens = tokens(40, SEED);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 2, CONTEXT, 1)) {
      float[] whole = copy(decoder.prefill(0, 0, tokens, new long[] {39}, BASE));
      decoder.prefill(1, 0, Arrays.copyOf(tokens, 11), new long[] {0}, BASE);
      decoder.prefill(1, 11, Arrays.copyOfRange(tokens, 11, 29), new long[] {0}, BASE);
      int[] rest = Arrays.copyOfRange(tokens, 29, 40);
      close(copy(decoder.prefill(1, 29, rest, new long[] {10}, BASE)), whole);
      float[] step = copy(decoder.prefill(0, 0, new int[] {tokens[0]}, new long[] {0}, BASE));
      for (int i = 1; i < tokens.length; i++) {
        step = copy(decoder.decode(new int[] {tokens[i]}, new int[] {i}, new int[][] {BASE}));
      }
      close(step, whole);
    }
  }

  static Stream<Arguments> kindsAndFormats() {
    return Arrays.stream(Kind.values())
        .flatMap(
            kind ->
                Stream.of(WeightFormat.STORED, WeightFormat.INT8, WeightFormat.INT4)
                    .map(format -> Arguments.of(kind, format)));
  }

  /**
   * Quantised weights are packed on disk, and then a row alone runs in another graph than a mixed
   * batch.
   */
  @ParameterizedTest
  @MethodSource("kindsAndFormats")
  void givesARowTheSameBitsAloneAndInAnyMixedBatch(Kind kind, WeightFormat format)
      throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyFamilies.write(folder, kind.config(), "F32", SEED));
    int rows = 5;
    Random random = new Random(SEED);
    QuantizedWeights weights =
        format == WeightFormat.STORED
            ? QuantizedWeights.NONE
            : new WeightCache(folder.resolve("cache"), Runnable::run, 1, System::nanoTime)
                .open(folder, checkpoint.digest(), QuantizationPlan.of(checkpoint, format));
    try (OnnxDecoder batch =
            OnnxDecoder.open(checkpoint, weights, new OnnxDecoder.Sizes(rows, CONTEXT, 2, 64, 0));
        OnnxDecoder alone =
            OnnxDecoder.open(checkpoint, weights, new OnnxDecoder.Sizes(1, CONTEXT, 1, 64, 0))) {
      int[][] ranks = {
        BASE,
        IntStream.range(1, 4).toArray(),
        IntStream.range(4, 24).toArray(),
        BASE,
        IntStream.range(1, 4).toArray()
      };
      for (OnnxDecoder decoder : new OnnxDecoder[] {batch, alone}) {
        decoder.reserve(24);
        decoder.upload(adapter(checkpoint, 3), ranks[1]);
        decoder.upload(adapter(checkpoint, 20), ranks[2]);
      }
      for (int round = 0; round < 8; round++) {
        int count = 2 + random.nextInt(rows - 1);
        int[][] prompts = new int[count][];
        int[] lengths = new int[count];
        for (int row = 0; row < count; row++) {
          prompts[row] = tokens(1 + random.nextInt(50), random.nextLong());
          lengths[row] = prompts[row].length;
          batch.prefill(row, 0, prompts[row], new long[] {0}, ranks[row]);
        }
        int[][] steps = new int[3][];
        float[][] together = new float[3][];
        for (int step = 0; step < 3; step++) {
          steps[step] = tokens(count, random.nextLong());
          int at = step;
          together[step] =
              copy(
                  batch.decode(
                      steps[step],
                      Arrays.stream(lengths).map(length -> length + at).toArray(),
                      Arrays.copyOf(ranks, count)));
        }
        for (int row = 0; row < count; row++) {
          alone.prefill(0, 0, prompts[row], new long[] {0}, ranks[row]);
          for (int step = 0; step < 3; step++) {
            float[] single =
                copy(
                    alone.decode(
                        new int[] {steps[step][row]},
                        new int[] {lengths[row] + step},
                        new int[][] {ranks[row]}));
            int v = single.length;
            assertThat(Arrays.copyOfRange(together[step], row * v, (row + 1) * v))
                .as("seed %d, round %d, row %d of %d, step %d", SEED, round, row, count, step)
                .containsExactly(single);
          }
        }
      }
    }
  }

  private static void same(FloatBuffer logits, double[][] expected) {
    for (int t = 0; t < expected.length; t++) {
      for (int v = 0; v < expected[t].length; v++) {
        assertThat((double) logits.get(t * expected[t].length + v))
            .as("position %d, token %d", t, v)
            .isCloseTo(expected[t][v], within(1e-4));
      }
    }
  }

  private static int[] tokens(int count, long seed) {
    return new Random(seed).ints(count, 0, TinyModel.VOCABULARY).toArray();
  }

  private static float[] copy(FloatBuffer logits) {
    float[] values = new float[logits.remaining()];
    logits.duplicate().get(values);
    return values;
  }

  private static void close(float[] actual, float[] expected) {
    assertThat(actual).containsExactly(expected, within(5e-5f));
  }
}
