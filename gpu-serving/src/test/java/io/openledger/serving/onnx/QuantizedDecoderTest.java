package io.openledger.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import io.openledger.serving.Fixtures;
import io.openledger.serving.PlainLlama;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.quantize.Dequantized;
import io.openledger.serving.quantize.QuantizationPlan;
import io.openledger.serving.quantize.QuantizedWeights;
import io.openledger.serving.quantize.WeightCache;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Quantised weights against a plain forward pass over what their codes mean. */
class QuantizedDecoderTest {

  private static final int[] BASE = {};

  @TempDir Path folder;

  private QuantizedWeights quantized(Checkpoint checkpoint, WeightFormat format) {
    return new WeightCache(folder.resolve("cache"), Runnable::run, 1, System::nanoTime)
        .open(checkpoint.folder(), checkpoint.digest(), QuantizationPlan.of(checkpoint, format));
  }

  /**
   * Products in integers round their inputs to 8 bits, and so does the twin. What differs in the
   * last bit before falls on the other side of a half now and then, and is then off by 1/127 of its
   * block's largest: hence no closer.
   */
  @ParameterizedTest
  @CsvSource({"INT8, false", "INT8, true", "INT4, false", "INT4, true", "NF4, false", "NF4, true"})
  void equalsThePlainTwinOfWhatTheCodesMean(WeightFormat format, boolean tied) throws Exception {
    JsonObject config = TinyModel.config();
    config.addProperty("tie_word_embeddings", tied);
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, config, "BF16", 7));
    AdapterWeights adapter =
        Adapters.read(
            TinyModel.writeAdapter(folder.resolve("a"), checkpoint, 5, 3), checkpoint.config());
    QuantizedWeights weights = quantized(checkpoint, format);
    PlainLlama plain =
        new PlainLlama(
            Dequantized.write(folder.resolve("plain"), checkpoint, weights),
            weight ->
                format != WeightFormat.NF4
                    || weight.equals(ModelConfig.EMBEDDING)
                    || weight.equals(ModelConfig.OUTPUT));
    int[] tokens = tokens(40, 11);
    try (OnnxDecoder decoder =
        OnnxDecoder.open(checkpoint, weights, new OnnxDecoder.Sizes(2, 96, 1, 16, 0))) {
      int[] ranks = {1, 2, 3, 4, 5};
      decoder.reserve(5);
      decoder.upload(adapter, ranks);
      long[] all = LongStream.range(0, tokens.length).toArray();
      near(format, decoder.prefill(1, 0, tokens, all, BASE), plain.logits(tokens, Adapters.NONE));
      near(format, decoder.prefill(0, 0, tokens, all, ranks), plain.logits(tokens, adapter));
    }
  }

  private static void near(WeightFormat format, FloatBuffer logits, double[][] expected) {
    double worst = 0;
    double sum = 0;
    double squares = 0;
    for (int t = 0; t < expected.length; t++) {
      for (int v = 0; v < expected[t].length; v++) {
        double off = Math.abs(logits.get(t * expected[t].length + v) - expected[t][v]);
        worst = Math.max(worst, off);
        sum += off * off;
        squares += expected[t][v] * expected[t][v];
      }
    }
    System.out.printf(
        "%s: worst %.1e, relative root of squares %.1e%n", format, worst, Math.sqrt(sum / squares));
    assertThat(Math.sqrt(sum / squares)).isLessThan(1e-3);
  }

  @ParameterizedTest
  @CsvSource({"INT8, 40, 4", "INT4, 24, 4", "NF4, 16, 0"})
  void statesWhatIsResident(WeightFormat format, int packed, int mapped) throws Exception {
    // 64 inputs everywhere: whole blocks, so that the sums are simple.
    JsonObject config = TinyModel.config();
    config.addProperty("hidden_size", 64);
    config.addProperty("intermediate_size", 64);
    config.addProperty("head_dim", 16);
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, config, "F32", 2));
    long weights = 0;
    for (LinearModule module : checkpoint.config().modules()) {
      weights += (long) module.in() * module.out();
    }
    long output = 64L * TinyModel.VOCABULARY;
    // Of a block of 32; quantiles have half a scale for it, and an output matrix of 8 bits.
    long expected =
        format == WeightFormat.NF4
            ? weights / 32 * (packed + 2) + output / 32 * (40 + 4)
            : (weights + output) / 32 * (packed + mapped);
    try (OnnxDecoder decoder =
        OnnxDecoder.open(
            checkpoint, quantized(checkpoint, format), new OnnxDecoder.Sizes(1, 96, 1, 16, 0))) {
      assertThat(decoder.weightBytes()).isEqualTo(expected + 5 * 64 * 4);
    }
  }

  /** 100 random mixes: prompts, adapters and batch sizes. */
  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void givesARowTheSameBitsAloneAndInAnyMixedBatch(WeightFormat format) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 2));
    QuantizedWeights weights = quantizedOrStored(checkpoint, format);
    int rows = 16;
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (OnnxDecoder batch =
            OnnxDecoder.open(checkpoint, weights, new OnnxDecoder.Sizes(rows, 96, 2, 16, 0));
        OnnxDecoder alone =
            OnnxDecoder.open(checkpoint, weights, new OnnxDecoder.Sizes(1, 96, 1, 16, 0))) {
      int[][] adapters = new int[5][];
      int next = 1;
      for (int i = 0; i < adapters.length; i++) {
        adapters[i] = IntStream.range(next, next + 4 * i).toArray();
        next += 4 * i;
      }
      for (OnnxDecoder decoder : new OnnxDecoder[] {batch, alone}) {
        decoder.reserve(next);
        for (int i = 1; i < adapters.length; i++) {
          Path at = TinyModel.writeAdapter(folder.resolve("adapter" + i), checkpoint, 4 * i, i);
          decoder.upload(Adapters.read(at, checkpoint.config()), adapters[i]);
        }
      }
      for (int mix = 0; mix < 100; mix++) {
        int count = 1 + random.nextInt(rows);
        int[][] prompts = new int[count][];
        int[][] ranks = new int[count][];
        int[] step = tokens(count, random.nextLong());
        for (int row = 0; row < count; row++) {
          prompts[row] = tokens(1 + random.nextInt(20), random.nextLong());
          ranks[row] = adapters[random.nextInt(adapters.length)];
          batch.prefill(row, 0, prompts[row], new long[] {0}, ranks[row]);
        }
        int[] lengths = Arrays.stream(prompts).mapToInt(prompt -> prompt.length).toArray();
        float[] together = copy(batch.decode(step, lengths, ranks));
        for (int row = 0; row < count; row++) {
          alone.prefill(0, 0, prompts[row], new long[] {0}, ranks[row]);
          float[] single =
              copy(
                  alone.decode(
                      new int[] {step[row]}, new int[] {lengths[row]}, new int[][] {ranks[row]}));
          int v = single.length;
          assertThat(Arrays.copyOfRange(together, row * v, (row + 1) * v))
              .as("seed %d, mix %d, row %d of %d", seed, mix, row, count)
              .containsExactly(single);
        }
      }
    }
  }

  /** Of narrow maps in particular, whose columns several threads would share. */
  @ParameterizedTest
  @EnumSource(WeightFormat.class)
  void givesARowTheSameBitsAloneAndInALargeBatch(WeightFormat format) throws Exception {
    JsonObject config = TinyModel.config();
    config.addProperty("hidden_size", 896);
    config.addProperty("head_dim", 64);
    config.addProperty("num_hidden_layers", 1);
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, config, "BF16", 5));
    int rows = 70;
    int[] first = tokens(rows, 3);
    int[] second = tokens(rows, 4);
    int[] lengths = new int[rows];
    Arrays.fill(lengths, 1);
    try (OnnxDecoder decoder =
        OnnxDecoder.open(
            checkpoint,
            quantizedOrStored(checkpoint, format),
            new OnnxDecoder.Sizes(rows, 8, 2, 16, 0))) {
      float[][] alone = new float[rows][];
      for (int row = 0; row < rows; row++) {
        decoder.prefill(0, 0, new int[] {first[row]}, new long[] {0}, BASE);
        alone[row] =
            copy(decoder.decode(new int[] {second[row]}, new int[] {1}, new int[][] {BASE}));
      }
      for (int row = 0; row < rows; row++) {
        decoder.prefill(row, 0, new int[] {first[row]}, new long[] {0}, BASE);
      }
      float[] together = copy(decoder.decode(second, lengths, new int[rows][0]));
      for (int row = 0; row < rows; row++) {
        int v = alone[row].length;
        assertThat(Arrays.copyOfRange(together, row * v, (row + 1) * v))
            .as("row %d", row)
            .containsExactly(alone[row]);
      }
    }
  }

  private QuantizedWeights quantizedOrStored(Checkpoint checkpoint, WeightFormat format) {
    return format == WeightFormat.STORED ? QuantizedWeights.NONE : quantized(checkpoint, format);
  }

  /** Loss in nats a token of a model's own greedy text, under each format. */
  @ParameterizedTest
  @CsvSource({"INT8, 0.005", "INT4, 0.03", "NF4, 0.03"})
  void predictsATrainedModelsOwnTextNearlyAsWell(WeightFormat format, double most)
      throws Exception {
    Checkpoint checkpoint = Checkpoint.open(Fixtures.require("models/speeches-3m"));
    Random random = new Random(20261125);
    double lost = 0;
    int texts = 8;
    try (OnnxDecoder stored = OnnxDecoder.open(checkpoint, 1, 160, 2);
        OnnxDecoder fewer =
            OnnxDecoder.open(
                checkpoint,
                quantized(checkpoint, format),
                new OnnxDecoder.Sizes(1, 160, 2, 16, 0))) {
      for (int text = 0; text < texts; text++) {
        int[] tokens = sampled(stored, random, 150);
        lost += (loss(fewer, tokens) - loss(stored, tokens)) / texts;
      }
    }
    System.out.printf("%s: %.4f nats a token more%n", format, lost);
    assertThat(lost).isLessThan(most);
  }

  /** Sampled at temperature 1, after two random tokens. */
  private static int[] sampled(OnnxDecoder decoder, Random random, int length) {
    int[] tokens = new int[length];
    tokens[0] = 2 + random.nextInt(decoder.vocabulary() - 2);
    tokens[1] = 2 + random.nextInt(decoder.vocabulary() - 2);
    FloatBuffer logits = decoder.prefill(0, 0, Arrays.copyOf(tokens, 2), new long[] {1}, BASE);
    for (int i = 2; i < length; i++) {
      double[] chances = chances(logits, 0);
      double left = random.nextDouble();
      int token = 0;
      while (token < chances.length - 1 && left > chances[token]) {
        left -= chances[token++];
      }
      tokens[i] = token;
      logits = decoder.decode(new int[] {token}, new int[] {i}, new int[][] {BASE});
    }
    return tokens;
  }

  private static double loss(OnnxDecoder decoder, int[] tokens) {
    long[] all = LongStream.range(0, tokens.length).toArray();
    FloatBuffer logits = decoder.prefill(0, 0, tokens, all, BASE);
    double loss = 0;
    for (int i = 2; i < tokens.length; i++) {
      loss -= Math.log(chances(logits, (i - 1) * decoder.vocabulary())[tokens[i]]);
    }
    return loss / (tokens.length - 2);
  }

  private static double[] chances(FloatBuffer logits, int from) {
    int vocabulary = 2048;
    double[] chances = new double[vocabulary];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      largest = Math.max(largest, logits.get(from + i));
    }
    double sum = 0;
    for (int i = 0; i < vocabulary; i++) {
      chances[i] = Math.exp(logits.get(from + i) - largest);
      sum += chances[i];
    }
    for (int i = 0; i < vocabulary; i++) {
      chances[i] /= sum;
    }
    return chances;
  }

  private static int[] tokens(int count, long seed) {
    return new Random(seed).ints(count, 0, TinyModel.VOCABULARY).toArray();
  }

  private static float[] copy(FloatBuffer logits) {
    float[] values = new float[logits.remaining()];
    logits.duplicate().get(values);
    return values;
  }
}
