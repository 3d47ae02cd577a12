package io.openledger.serving.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.graph.DecoderGraph;
import io.openledger.serving.graph.GraphForm.Adapters.Kind;
import io.openledger.serving.model.LinearModule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a step is fed for its adapters, how often it is made, and what it is said to take. */
class StagedAdaptersTest {

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();
  private static final int ROWS = 8;
  private static final int[] BASE = {};

  private final List<LinearModule> modules =
      IntStream.range(0, 7)
          .mapToObj(i -> new LinearModule(i, "map" + i, 3 + i, 9 - i, false))
          .toList();

  /** Of every map a rank or none, and of every map with ranks a gain or none. */
  private AdapterWeights adapter(Random random, int rank, boolean gains) {
    Map<Integer, Change> changes = new HashMap<>();
    for (LinearModule module : modules) {
      if (changes.isEmpty() || random.nextInt(4) > 0) {
        boolean gain = gains && (changes.isEmpty() || random.nextBoolean());
        changes.put(
            module.index(),
            new Change(
                rank,
                floats(random, rank * module.in()),
                floats(random, rank * module.out()),
                gain ? floats(random, module.out()) : new float[0]));
      }
    }
    return new AdapterWeights(changes);
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  /** The plain twin: a row's gains are its adapter's, or ones. */
  private static float[] gains(LinearModule module, AdapterWeights[] rows) {
    float[] all = new float[rows.length * module.out()];
    Arrays.fill(all, 1);
    boolean any = false;
    for (int row = 0; row < rows.length; row++) {
      Change change = rows[row] == null ? null : rows[row].changes().get(module.index());
      if (change != null && change.gain().length > 0) {
        System.arraycopy(change.gain(), 0, all, row * module.out(), module.out());
        any = true;
      }
    }
    return any ? all : new float[] {1};
  }

  private static float[] values(OnnxTensor tensor) {
    float[] values = new float[tensor.getFloatBuffer().remaining()];
    tensor.getFloatBuffer().get(values);
    return values;
  }

  @Test
  void feedsEachRowItsOwnGainsWhateverRanBefore() throws Exception {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      try (StagedAdapters staged = new StagedAdapters(ENVIRONMENT, modules, ROWS, 16)) {
        AdapterWeights[] adapters = new AdapterWeights[6];
        for (int step = 0; step < 60; step++) {
          int which = random.nextInt(adapters.length);
          if (adapters[which] == null || random.nextInt(5) == 0) {
            int[] ranks = {1 + 4 * which, 2 + 4 * which};
            staged.release(ranks);
            adapters[which] = adapter(random, 2, random.nextInt(3) > 0);
            staged.upload(adapters[which], ranks);
          }
          boolean decoding = random.nextInt(3) > 0;
          int count = decoding ? 1 + random.nextInt(ROWS) : 1;
          AdapterWeights[] rows = new AdapterWeights[count];
          int[][] ranks = new int[count][];
          for (int row = 0; row < count; row++) {
            int one = random.nextInt(adapters.length);
            rows[row] = random.nextInt(4) == 0 ? null : adapters[one];
            ranks[row] = rows[row] == null ? BASE : new int[] {1 + 4 * one, 2 + 4 * one};
          }
          Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
          List<OnnxTensor> own = feed(staged, inputs, ranks, decoding);
          for (LinearModule module : modules) {
            assertThat(values(inputs.get(DecoderGraph.adapterScale(module))))
                .as("seed %d, step %d, %s", seed, step, module.name())
                .isEqualTo(gains(module, rows));
          }
          own.forEach(OnnxTensor::close);
        }
      }
    }
  }

  @Test
  void makesNoGainsAnewWhileTheBatchStaysAsItIs() throws Exception {
    try (StagedAdapters staged = new StagedAdapters(ENVIRONMENT, modules, ROWS, 16)) {
      staged.upload(adapter(new Random(1), 2, true), new int[] {1, 2});
      int[][] ranks = {{1, 2}, BASE, {1, 2}};
      Map<String, OnnxTensor> first = new LinkedHashMap<>();
      feed(staged, first, ranks, true).forEach(OnnxTensor::close);
      long before = staged.bytes();
      for (int step = 0; step < 10; step++) {
        Map<String, OnnxTensor> next = new LinkedHashMap<>();
        List<OnnxTensor> own = feed(staged, next, ranks, true);
        for (LinearModule module : modules) {
          String name = DecoderGraph.adapterScale(module);
          assertThat(next.get(name)).isSameAs(first.get(name));
          assertThat(own).doesNotContain(next.get(name));
        }
        own.forEach(OnnxTensor::close);
      }
      assertThat(staged.bytes()).isEqualTo(before);
    }
  }

  @Test
  void countsAllThatItTakesAsSoonAsItGrows() throws Exception {
    Random random = new Random(3);
    try (StagedAdapters staged = new StagedAdapters(ENVIRONMENT, modules, ROWS, 16)) {
      List<AdapterWeights> adapters = new ArrayList<>();
      for (int i = 0; i < ROWS; i++) {
        adapters.add(adapter(random, 2, i == 0));
        staged.upload(adapters.get(i), new int[] {1 + 2 * i, 2 + 2 * i});
      }
      long resident = adapters.stream().mapToLong(AdapterWeights::bytes).sum();
      assertThat(staged.bytes()).isEqualTo(resident);
      int[][] ranks =
          IntStream.range(0, ROWS)
              .mapToObj(i -> new int[] {1 + 2 * i, 2 + 2 * i})
              .toArray(int[][]::new);
      feed(staged, new LinkedHashMap<>(), ranks, true).forEach(OnnxTensor::close);
      // A place of 16 ranks for each row and each map that any adapter changes.
      long lane =
          modules.stream()
              .filter(m -> adapters.stream().anyMatch(a -> a.changes().containsKey(m.index())))
              .mapToLong(m -> 4L * ROWS * 16 * (m.in() + m.out()))
              .sum();
      long gains =
          modules.stream()
              .filter(m -> gains(m, adapters.toArray(AdapterWeights[]::new)).length > 1)
              .mapToLong(m -> 4L * ROWS * m.out())
              .sum();
      assertThat(gains).isPositive();
      assertThat(staged.bytes()).isEqualTo(resident + lane + gains);
      staged.release(new int[] {1, 2});
      assertThat(staged.bytes()).isEqualTo(resident - adapters.get(0).bytes() + lane + gains);
    }
  }

  @Test
  void keepsTheFormerAdapterWhenTheNextIsRefused() throws Exception {
    Random random = new Random(4);
    try (StagedAdapters staged = new StagedAdapters(ENVIRONMENT, modules, ROWS, 16)) {
      int[] former = {3, 4};
      staged.upload(adapter(random, 2, false), former);
      long before = staged.bytes();
      AdapterWeights tooWide = adapter(random, 17, false);
      assertThatThrownBy(() -> staged.replace(former, tooWide, IntStream.range(1, 18).toArray()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(staged.bytes()).isEqualTo(before);
      feed(staged, new LinkedHashMap<>(), new int[][] {former}, true).forEach(OnnxTensor::close);
      AdapterWeights next = adapter(random, 3, false);
      staged.replace(former, next, new int[] {1, 4, 3});
      feed(staged, new LinkedHashMap<>(), new int[][] {{1, 4, 3}}, true).forEach(OnnxTensor::close);
      assertThatThrownBy(() -> feed(staged, new LinkedHashMap<>(), new int[][] {former}, true))
          .hasMessageContaining("no adapter at rank 3");
    }
  }

  private static List<OnnxTensor> feed(
      StagedAdapters staged, Map<String, OnnxTensor> inputs, int[][] ranks, boolean decoding)
      throws Exception {
    return staged.feed(inputs, ranks, decoding, Kind.STAGED::equals).own();
  }
}
