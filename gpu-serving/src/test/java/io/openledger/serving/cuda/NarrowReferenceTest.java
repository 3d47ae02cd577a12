package io.openledger.serving.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.serving.Fixtures;
import io.openledger.serving.TensorFile;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.capi.Api;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.DType;
import io.openledger.serving.onnx.OrtLibrary;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The graph in 16 bits, on the processor, against logits of the field's usual libraries. */
class NarrowReferenceTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "all-linear-r8",
        "attention-rslora-r4",
        "last-layer-only-r32",
        "patterned-ranks"
      })
  void staysCloseToTheReference(String adapter) throws Exception {
    Path folder = Fixtures.require("fixtures/models/llama-gqa");
    Checkpoint checkpoint = Checkpoint.open(folder);
    Path at = adapter.isEmpty() ? folder : folder.resolve("adapters").resolve(adapter);
    TensorFile inputs = TensorFile.read(folder.resolve("expected.safetensors"));
    TensorFile expected = TensorFile.read(at.resolve("expected.safetensors"));
    try (DeviceDecoder decoder =
        DeviceDecoder.open(
            new HostDevice(),
            Api.open(OrtLibrary.loaded()),
            checkpoint,
            new DeviceDecoder.Plan(2, 256, 2, DType.F16, 64 << 20))) {
      int[] ranks = {};
      if (!adapter.isEmpty()) {
        AdapterWeights weights = Adapters.read(at, checkpoint.config());
        ranks = IntStream.rangeClosed(1, weights.rank()).toArray();
        decoder.reserve(weights.rank());
        decoder.upload(weights, ranks);
      }
      int[] tokens = Arrays.copyOf(inputs.ints("input_ids"), 24);
      float[] logits = expected.floats("logits");
      FloatBuffer actual = decoder.prefill(0, 0, tokens, LongStream.range(0, 24).toArray(), ranks);
      double apart = 0;
      double most = 0;
      double squares = 0;
      for (int i = 0; i < actual.remaining(); i++) {
        apart = Math.max(apart, Math.abs(actual.get(i) - logits[i]));
        squares += Math.pow(actual.get(i) - logits[i], 2);
        most = Math.max(most, Math.abs(logits[i]));
      }
      // A half of 4 to 8 is a multiple of 2⁻⁸: the largest of 24 · 256 differences is a few of
      // them.
      assertThat(Math.sqrt(squares / actual.remaining())).isBetween(1e-6, 1e-3 * most);
      assertThat(apart).isLessThan(6e-3 * most);
      int[] prompt = inputs.ints("prompt");
      FloatBuffer next = decoder.prefill(0, 0, prompt, new long[] {prompt.length - 1}, ranks);
      List<Integer> told = new ArrayList<>();
      for (int step = 0; step < 24; step++) {
        int best = 0;
        for (int v = 1; v < decoder.vocabulary(); v++) {
          best = next.get(v) > next.get(best) ? v : best;
        }
        told.add(best);
        next =
            decoder.decode(new int[] {best}, new int[] {prompt.length + step}, new int[][] {ranks});
      }
      assertThat(told)
          .containsExactly(
              Arrays.stream(expected.ints("greedy"))
                  .skip(prompt.length)
                  .boxed()
                  .toArray(Integer[]::new));
    }
  }
}
