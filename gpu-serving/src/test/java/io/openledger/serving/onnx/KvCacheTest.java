package io.openledger.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TinyModel;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.engine.Decoder.Block;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.quantize.QuantizedWeights;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to the rows, a sequence's logits are the same bits as in a row of its own. */
class KvCacheTest {

  private static final int[] BASE = {};
  private static final int CONTEXT = 320;
  private static final int GRID = 64;

  @TempDir Path folder;
  private Checkpoint checkpoint;

  @BeforeEach
  void write() throws Exception {
    JsonObject config = TinyModel.config();
    config.addProperty("max_position_embeddings", CONTEXT);
    checkpoint = Checkpoint.open(TinyModel.write(folder, config, "F32", 5));
  }

  private static int[] tokens(int count, long seed) {
    return new Random(seed).ints(count, 0, TinyModel.VOCABULARY).toArray();
  }

  private static float[] copy(FloatBuffer logits) {
    float[] values = new float[logits.remaining()];
    logits.duplicate().get(values);
    return values;
  }

  private static float[] read(OnnxDecoder decoder, int row, int from, int[] prompt, int[] ranks) {
    float[] last = {};
    for (int at = from; at < prompt.length; at += GRID) {
      int[] piece = Arrays.copyOfRange(prompt, at, Math.min(prompt.length, at + GRID));
      boolean end = at + piece.length == prompt.length;
      long[] wanted = end ? new long[] {piece.length - 1} : new long[0];
      FloatBuffer logits = decoder.prefill(row, at, piece, wanted, ranks);
      assertThat(logits.remaining()).isEqualTo(end ? decoder.vocabulary() : 0);
      last = copy(logits);
    }
    return last;
  }

  /** A sequence in the cache under test, and its like in a row of its own. */
  private static final class Twin {
    final OnnxDecoder own;
    int length;

    Twin(OnnxDecoder own) {
      this.own = own;
    }

    float[] step(int token) {
      return copy(own.decode(new int[] {token}, new int[] {length++}, new int[][] {BASE}));
    }
  }

  @Test
  void keepsEachRowsBitsWhileRowsAreCutMovedAndExchanged() {
    int rows = 4;
    long seed = 20261125;
    Random random = new Random(seed);
    Twin[] twins = new Twin[rows];
    long budget = KvCache.tokenBytes(checkpoint.config()) * 2 * CONTEXT;
    try (OnnxDecoder decoder =
        OnnxDecoder.open(
            checkpoint,
            QuantizedWeights.NONE,
            new OnnxDecoder.Sizes(rows, CONTEXT, 1, 16, budget))) {
      assertThat(decoder.cacheTokens()).isEqualTo(2 * CONTEXT);
      for (int round = 0; round < 12; round++) {
        int count = 1 + random.nextInt(rows);
        int most = Math.min(CONTEXT, 2 * CONTEXT / count);
        int[] lengths = {};
        for (int row = 0; row < count; row++) {
          // Room is made one row at a time, for more or fewer tokens than before.
          int longest = Arrays.stream(lengths).max().orElse(0);
          int length = Math.max(longest + 8, most / 2 + random.nextInt(most / 2 + 1));
          assertThat(decoder.fit(row + 1, Math.min(most, length), lengths)).isTrue();
          assertThat(decoder.cacheBytes()).isLessThanOrEqualTo(budget);
          int[] prompt = tokens(1 + random.nextInt(most / 2 - 8), random.nextLong());
          twins[row] = new Twin(OnnxDecoder.open(checkpoint, 1, CONTEXT, 1));
          float[] expected = read(twins[row].own, 0, 0, prompt, BASE);
          twins[row].length = prompt.length;
          assertThat(read(decoder, row, 0, prompt, BASE)).containsExactly(expected);
          lengths = Arrays.copyOf(lengths, row + 1);
          lengths[row] = prompt.length;
        }
        int a = random.nextInt(count);
        int b = random.nextInt(count);
        if (a != b) {
          decoder.swap(a, twins[a].length, b, twins[b].length);
          Twin kept = twins[a];
          twins[a] = twins[b];
          twins[b] = kept;
        }
        int[] step = tokens(count, random.nextLong());
        int[] now = new int[count];
        Arrays.setAll(now, row -> twins[row].length);
        float[] logits = copy(decoder.decode(step, now, new int[count][0]));
        int v = decoder.vocabulary();
        for (int row = 0; row < count; row++) {
          assertThat(Arrays.copyOfRange(logits, row * v, (row + 1) * v))
              .as("seed %d, round %d, row %d", seed, round, row)
              .containsExactly(twins[row].step(step[row]));
          twins[row].own.close();
        }
      }
    }
  }

  @Test
  void continuesFromBlocksWithTheSameBits() {
    int[] prompt = tokens(200, 3);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 2, CONTEXT, 1);
        OnnxDecoder other = OnnxDecoder.open(checkpoint, 2, CONTEXT, 1)) {
      float[] expected = read(other, 1, 0, prompt, BASE);
      decoder.fit(2, 256, new int[0]);
      read(decoder, 0, 0, Arrays.copyOf(prompt, 3 * GRID), BASE);
      Block[] blocks = new Block[3];
      for (int i = 0; i < 3; i++) {
        blocks[i] = decoder.block(GRID).orElseThrow();
        assertThat(blocks[i].bytes()).isEqualTo(GRID * KvCache.tokenBytes(checkpoint.config()));
        decoder.save(0, i * GRID, blocks[i]);
      }
      read(decoder, 0, 0, tokens(250, 4), BASE);
      decoder.fit(1, CONTEXT, new int[] {250});
      decoder.fit(2, CONTEXT, new int[] {250});
      for (int i = 0; i < 3; i++) {
        decoder.restore(blocks[i], 1, i * GRID);
      }
      assertThat(read(decoder, 1, 3 * GRID, prompt, BASE)).containsExactly(expected);
    }
  }

  @Test
  void keepsBatchMatesAndTheNextInItsRowExactBesideAnAdapterOfNoNumbers() {
    Map<Integer, Change> changes = new HashMap<>();
    for (LinearModule module : checkpoint.config().modules()) {
      float[] in = new float[module.in()];
      float[] out = new float[module.out()];
      Arrays.fill(in, Float.NaN);
      Arrays.fill(out, Float.POSITIVE_INFINITY);
      changes.put(module.index(), new Change(1, in, out));
    }
    int[] prompt = tokens(100, 3);
    int[][] ranks = {BASE, {1}, BASE};
    int[] lengths = {100, 100, 100};
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 3, CONTEXT, 1);
        OnnxDecoder alone = OnnxDecoder.open(checkpoint, 1, CONTEXT, 1)) {
      decoder.reserve(1);
      decoder.upload(new AdapterWeights(changes), new int[] {1});
      float[] expected = read(alone, 0, 0, prompt, BASE);
      for (int row = 0; row < 3; row++) {
        float[] last = read(decoder, row, 0, prompt, ranks[row]);
        if (row != 1) {
          assertThat(last).containsExactly(expected);
        } else {
          assertThat(last[0]).isNaN();
        }
      }
      float[] logits = copy(decoder.decode(new int[] {7, 7, 7}, lengths, ranks));
      float[] single = copy(alone.decode(new int[] {7}, new int[] {100}, new int[][] {BASE}));
      int v = decoder.vocabulary();
      assertThat(Arrays.copyOf(logits, v)).containsExactly(single);
      assertThat(logits[v]).isNaN();
      assertThat(Arrays.copyOfRange(logits, 2 * v, 3 * v)).containsExactly(single);
      // What it left behind in its row harms nobody.
      assertThat(read(decoder, 1, 0, prompt, BASE)).containsExactly(expected);
      // A step alone has the bits of a step in a batch.
      assertThat(copy(decoder.prefill(1, 100, new int[] {7}, new long[] {0}, BASE)))
          .containsExactly(single);
    }
  }

  @Test
  void shortensTheContextToItsBudgetAndRefusesOneThatIsOfNoUse() {
    long token = KvCache.tokenBytes(checkpoint.config());
    try (OnnxDecoder decoder =
        OnnxDecoder.open(
            checkpoint,
            QuantizedWeights.NONE,
            new OnnxDecoder.Sizes(4, CONTEXT, 1, 16, 100 * token + 5))) {
      assertThat(decoder.context()).isEqualTo(100);
      assertThat(decoder.cacheTokens()).isEqualTo(100);
      assertThat(decoder.cacheBytes()).isZero();
      decoder.fit(1, 64, new int[0]);
      assertThat(decoder.cacheBytes()).isEqualTo(100 * token);
      assertThatThrownBy(() -> decoder.prefill(0, 0, tokens(65, 1), new long[0], BASE))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> decoder.prefill(1, 0, tokens(5, 1), new long[0], BASE))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () ->
                OnnxDecoder.open(
                    checkpoint,
                    QuantizedWeights.NONE,
                    new OnnxDecoder.Sizes(4, CONTEXT, 1, 16, 63 * token)))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID));
  }
}
