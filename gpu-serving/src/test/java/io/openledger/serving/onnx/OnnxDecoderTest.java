package io.openledger.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.PlainLlama;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.ModelConfig;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The graph against its plain twin, on generated checkpoints. */
class OnnxDecoderTest {

  private static final int[] BASE = {};

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"F32", "BF16", "F16"})
  void equalsThePlainTwinInEveryStoredType(String dtype) throws Exception {
    equalsThePlainTwin(TinyModel.config(), dtype);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tie_word_embeddings\": true}",
        "{\"num_key_value_heads\": 4}",
        "{\"num_key_value_heads\": 1}",
        "{\"head_dim\": 16}",
        "{\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}}",
        "{\"rope_parameters\": {\"rope_type\": \"llama3\", \"rope_theta\": 500.0, \"factor\": 8.0,"
            + " \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0,"
            + " \"original_max_position_embeddings\": 32}}"
      })
  void equalsThePlainTwinInEverySupportedSetting(String setting) throws Exception {
    JsonObject config = TinyModel.config();
    JsonParser.parseString(setting).getAsJsonObject().asMap().forEach(config::add);
    equalsThePlainTwin(config, "F32");
  }

  private void equalsThePlainTwin(JsonObject config, String dtype) throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, config, dtype, 7));
    AdapterWeights adapter =
        Adapters.read(TinyModel.writeAdapter(folder.resolve("a"), checkpoint, 5, 3), checkpoint);
    PlainLlama plain = new PlainLlama(checkpoint);
    int[] tokens = tokens(40, 11);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 2, 96, 1)) {
      int[] ranks = {1, 2, 3, 4, 5};
      decoder.reserve(5);
      decoder.upload(adapter, ranks);
      long[] all = LongStream.range(0, tokens.length).toArray();
      same(decoder.prefill(1, 0, tokens, all, BASE), plain.logits(tokens, Adapters.NONE));
      same(decoder.prefill(0, 0, tokens, all, ranks), plain.logits(tokens, adapter));
    }
  }

  @Test
  void equalsThePlainTwinWithMagnitudesAndLeavesTheOtherRowsTheirBits() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 7));
    Path at = TinyModel.writeAdapter(folder.resolve("a"), checkpoint, 5, 3);
    AdapterWeights plainOne = Adapters.read(at, checkpoint);
    Random random = new Random(4);
    Map<Integer, AdapterWeights.Change> changes = new HashMap<>();
    plainOne
        .changes()
        .forEach(
            (index, change) -> {
              float[] gain = new float[change.out().length / change.rank()];
              for (int i = 0; i < gain.length; i++) {
                gain[i] = 0.5f + random.nextFloat();
              }
              // Every other map without: one adapter may have both.
              changes.put(
                  index,
                  index % 2 == 0
                      ? change
                      : new AdapterWeights.Change(change.rank(), change.in(), change.out(), gain));
            });
    AdapterWeights gained = new AdapterWeights(changes);
    int[] tokens = tokens(30, 11);
    int last = tokens.length - 1;
    int[] prompt = Arrays.copyOf(tokens, last);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 3, 96, 1)) {
      int[][] ranks = {{1, 2, 3, 4, 5}, {6, 7, 8, 9, 10}, BASE};
      decoder.upload(gained, ranks[0]);
      decoder.upload(plainOne, ranks[1]);
      long[] all = LongStream.range(0, tokens.length).toArray();
      PlainLlama plain = new PlainLlama(checkpoint);
      same(decoder.prefill(0, 0, tokens, all, ranks[0]), plain.logits(tokens, gained));
      float[][] alone = new float[3][];
      for (int row = 0; row < 3; row++) {
        decoder.prefill(0, 0, prompt, new long[] {0}, ranks[row]);
        alone[row] =
            copy(
                decoder.decode(
                    new int[] {tokens[last]}, new int[] {last}, new int[][] {ranks[row]}));
      }
      for (int row = 0; row < 3; row++) {
        decoder.prefill(row, 0, prompt, new long[] {0}, ranks[row]);
      }
      int token = tokens[last];
      float[] mixed =
          copy(
              decoder.decode(new int[] {token, token, token}, new int[] {last, last, last}, ranks));
      int v = alone[0].length;
      for (int row = 0; row < 3; row++) {
        assertThat(Arrays.copyOfRange(mixed, row * v, (row + 1) * v))
            .as("row %d", row)
            .containsExactly(alone[row]);
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

  @Test
  void readsAPromptInPiecesAndStepByStepAsInOne() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 1));
    int[] tokens = tokens(30, 5);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 3, 96, 1)) {
      float[] whole = copy(decoder.prefill(0, 0, tokens, new long[] {29}, BASE));
      decoder.prefill(2, 0, Arrays.copyOf(tokens, 13), new long[] {12}, BASE);
      int[] rest = Arrays.copyOfRange(tokens, 13, 30);
      close(copy(decoder.prefill(2, 13, rest, new long[] {16}, BASE)), whole);
      decoder.prefill(0, 0, new int[] {tokens[0]}, new long[] {0}, BASE);
      FloatBuffer step = null;
      for (int i = 1; i < tokens.length; i++) {
        step = decoder.decode(new int[] {tokens[i]}, new int[] {i}, new int[][] {BASE});
      }
      close(copy(step), whole);
    }
  }

  @Test
  void givesARowTheSameBitsAloneAndInAnyMixedBatch() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 2));
    int rows = 6;
    long seed = 20261121;
    Random random = new Random(seed);
    try (OnnxDecoder batch = OnnxDecoder.open(checkpoint, rows, 96, 2);
        OnnxDecoder alone = OnnxDecoder.open(checkpoint, 1, 96, 1)) {
      int[][] ranks = new int[rows][];
      int next = 1;
      for (int row = 0; row < rows; row++) {
        // Row 0 is the base model; ranks 3, 6, … mix in one batch.
        ranks[row] = IntStream.range(next, next + 3 * row).toArray();
        next += 3 * row;
      }
      for (OnnxDecoder decoder : new OnnxDecoder[] {batch, alone}) {
        decoder.reserve(next);
        for (int row = 1; row < rows; row++) {
          Path at = folder.resolve("adapter" + row);
          TinyModel.writeAdapter(at, checkpoint, 3 * row, row);
          decoder.upload(Adapters.read(at, checkpoint), ranks[row]);
        }
      }
      for (int round = 0; round < 20; round++) {
        int[] lengths = new int[rows];
        int[][] prompts = new int[rows][];
        int[] step = tokens(rows, random.nextLong());
        for (int row = 0; row < rows; row++) {
          prompts[row] = tokens(1 + random.nextInt(60), random.nextLong());
          lengths[row] = prompts[row].length;
          batch.prefill(row, 0, prompts[row], new long[] {0}, ranks[row]);
        }
        int count = 1 + random.nextInt(rows);
        float[] together =
            copy(
                batch.decode(
                    Arrays.copyOf(step, count),
                    Arrays.copyOf(lengths, count),
                    Arrays.copyOf(ranks, count)));
        for (int row = 0; row < count; row++) {
          alone.prefill(0, 0, prompts[row], new long[] {0}, ranks[row]);
          float[] single =
              copy(
                  alone.decode(
                      new int[] {step[row]}, new int[] {lengths[row]}, new int[][] {ranks[row]}));
          int v = single.length;
          assertThat(Arrays.copyOfRange(together, row * v, (row + 1) * v))
              .as("seed %d, round %d, row %d of %d", seed, round, row, count)
              .containsExactly(single);
        }
      }
    }
  }

  @Test
  void movesARowWithItsPast() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 4));
    int[] tokens = tokens(20, 9);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 4, 96, 1)) {
      decoder.prefill(0, 0, tokens, new long[] {19}, BASE);
      float[] stayed = copy(decoder.decode(new int[] {5}, new int[] {20}, new int[][] {BASE}));
      decoder.prefill(3, 0, tokens, new long[] {19}, BASE);
      decoder.move(3, 0, 20);
      float[] moved = copy(decoder.decode(new int[] {5}, new int[] {20}, new int[][] {BASE}));
      assertThat(moved).containsExactly(stayed);
    }
  }

  @Test
  void keepsItsAdaptersWhenTheArenaGrows() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 4));
    AdapterWeights adapter =
        Adapters.read(TinyModel.writeAdapter(folder.resolve("a"), checkpoint, 2, 3), checkpoint);
    int[] tokens = tokens(10, 9);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 1, 96, 1)) {
      decoder.reserve(2);
      decoder.upload(adapter, new int[] {1, 2});
      float[] before = copy(decoder.prefill(0, 0, tokens, new long[] {9}, new int[] {1, 2}));
      decoder.reserve(500);
      assertThat(copy(decoder.prefill(0, 0, tokens, new long[] {9}, new int[] {1, 2})))
          .containsExactly(before);
    }
  }

  @Test
  void statesWhatItHoldsAndRefusesACacheBeyondItsLimit() throws Exception {
    Checkpoint checkpoint = Checkpoint.open(TinyModel.write(folder, TinyModel.config(), "F32", 4));
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 3, 50, 1)) {
      assertThat(decoder.cacheBytes()).isZero();
      assertThat(decoder.fit(3, 50, new int[0])).isTrue();
      assertThat(decoder.cacheBytes()).isEqualTo(2 * 2 * 3L * 2 * 50 * 8 * 4);
      assertThat(decoder.weightBytes())
          .isEqualTo(
              checkpoint.tensors().values().stream()
                  .filter(tensor -> !tensor.name().equals(ModelConfig.EMBEDDING))
                  .mapToLong(tensor -> tensor.elements() * 4)
                  .sum());
    }
    assertThatThrownBy(() -> OnnxDecoder.open(checkpoint, 256, 1 << 20, 1))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID))
        .hasMessageContaining("KV cache");
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
    assertThat(actual).containsExactly(expected, within(2e-5f));
  }
}
