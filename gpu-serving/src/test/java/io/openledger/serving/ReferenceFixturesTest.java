package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.adapter.Adapters;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.onnx.OnnxDecoder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against logits and greedy tokens of the field's usual libraries. */
class ReferenceFixturesTest {

  private static final List<String> ADAPTERS =
      List.of(
          "all-linear-r8",
          "attention-rslora-r4",
          "last-layer-only-r32",
          "patterned-ranks",
          "dora-r8");
  private static final int[] BASE = {};

  @TempDir Path temp;

  @Test
  void reproducesGroupedQueryLlamaWithEachAdapterAlone() throws Exception {
    Path folder = Fixtures.require("fixtures/models/llama-gqa");
    Checkpoint checkpoint = Checkpoint.open(folder);
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 2, 256, 2)) {
      TensorFile inputs = TensorFile.read(folder.resolve("expected.safetensors"));
      reproduces(decoder, inputs, folder, BASE, 1e-4f);
      int next = 1;
      for (String name : ADAPTERS) {
        Path adapter = folder.resolve("adapters").resolve(name);
        AdapterWeights weights = Adapters.read(adapter, checkpoint);
        int[] ranks = IntStream.range(next, next + weights.rank()).toArray();
        next += weights.rank();
        decoder.reserve(next);
        decoder.upload(weights, ranks);
        reproduces(decoder, inputs, adapter, ranks, 1e-4f);
      }
    }
  }

  @Test
  void reproducesAllAdaptersAndTheBaseMixedInOneBatch() throws Exception {
    Path folder = Fixtures.require("fixtures/models/llama-gqa");
    Checkpoint checkpoint = Checkpoint.open(folder);
    int rows = ADAPTERS.size() + 1;
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, rows, 256, 2)) {
      List<TensorFile> expected = new ArrayList<>();
      int[] prompt = TensorFile.read(folder.resolve("expected.safetensors")).ints("prompt");
      int[][] ranks = new int[rows][];
      ranks[0] = BASE;
      expected.add(TensorFile.read(folder.resolve("expected.safetensors")));
      int next = 1;
      for (int row = 1; row < rows; row++) {
        Path adapter = folder.resolve("adapters").resolve(ADAPTERS.get(row - 1));
        AdapterWeights weights = Adapters.read(adapter, checkpoint);
        ranks[row] = IntStream.range(next, next + weights.rank()).toArray();
        next += weights.rank();
        decoder.reserve(next);
        decoder.upload(weights, ranks[row]);
        expected.add(TensorFile.read(adapter.resolve("expected.safetensors")));
      }
      List<List<Integer>> told = new ArrayList<>();
      int[] tokens = new int[rows];
      int[] lengths = new int[rows];
      for (int row = 0; row < rows; row++) {
        told.add(new ArrayList<>());
        FloatBuffer logits =
            decoder.prefill(row, 0, prompt, new long[] {prompt.length - 1}, ranks[row]);
        tokens[row] = likeliest(logits, 0, decoder.vocabulary());
        lengths[row] = prompt.length;
      }
      for (int step = 0; step < 24; step++) {
        for (int row = 0; row < rows; row++) {
          told.get(row).add(tokens[row]);
        }
        FloatBuffer logits = decoder.decode(tokens, lengths, ranks);
        for (int row = 0; row < rows; row++) {
          tokens[row] = likeliest(logits, row * decoder.vocabulary(), decoder.vocabulary());
          lengths[row]++;
        }
      }
      for (int row = 0; row < rows; row++) {
        assertThat(told.get(row))
            .as("row %d", row)
            .containsExactly(greedy(expected.get(row), prompt));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"config.json", "config.v4.json"})
  void reproducesScaledRotationTiedEmbeddingsAndSixteenBitsInBothConfigForms(String form)
      throws Exception {
    Path folder = Fixtures.require("fixtures/models/llama3-rope-tied");
    Files.copy(folder.resolve(form), temp.resolve("config.json"));
    for (String file :
        List.of("model.safetensors", "expected.safetensors", "generation_config.json")) {
      Files.copy(folder.resolve(file), temp.resolve(file));
    }
    try (OnnxDecoder decoder = OnnxDecoder.open(Checkpoint.open(temp), 2, 512, 2)) {
      TensorFile inputs = TensorFile.read(temp.resolve("expected.safetensors"));
      reproduces(decoder, inputs, temp, BASE, 2e-3f);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama-gqa, 1e-4",
    "mistral-window, 2e-3",
    "qwen2-bias, 2e-3",
    "qwen3-qknorm, 1e-4",
    "deepseek-v3-mla-moe, 1e-4"
  })
  void reproducesEachFamilyInBothConfigForms(String fixture, float tolerance) throws Exception {
    Path folder = Fixtures.require("fixtures/models/" + fixture);
    TensorFile inputs = TensorFile.read(folder.resolve("expected.safetensors"));
    Checkpoint newer = Checkpoint.open(folder);
    try (OnnxDecoder decoder = OnnxDecoder.open(newer, 2, 256, 2)) {
      reproduces(decoder, inputs, folder, BASE, tolerance);
    }
    for (String file : List.of("model.safetensors", "generation_config.json")) {
      Files.copy(folder.resolve(file), temp.resolve(file));
    }
    Files.writeString(
        temp.resolve("config.json"), older(Files.readString(folder.resolve("config.json"))));
    Checkpoint older = Checkpoint.open(temp);
    assertThat(older.config()).isEqualTo(newer.config());
    try (OnnxDecoder decoder = OnnxDecoder.open(older, 2, 256, 2)) {
      reproduces(decoder, inputs, folder, BASE, tolerance);
    }
  }

  /** As libraries wrote it before they put positions into one object and renamed the type. */
  private static String older(String config) {
    JsonObject object = JsonParser.parseString(config).getAsJsonObject();
    JsonObject rope = object.remove("rope_parameters").getAsJsonObject();
    object.add("rope_theta", rope.get("rope_theta"));
    assertThat(rope.get("rope_type").getAsString()).isEqualTo("default");
    object.add("rope_scaling", JsonNull.INSTANCE);
    object.add("torch_dtype", object.remove("dtype"));
    return object.toString();
  }

  private static void reproduces(
      OnnxDecoder decoder, TensorFile inputs, Path folder, int[] ranks, float tolerance)
      throws Exception {
    TensorFile expected = TensorFile.read(folder.resolve("expected.safetensors"));
    int[] ids = inputs.ints("input_ids");
    float[] logits = expected.floats("logits");
    int vocabulary = decoder.vocabulary();
    int length = 24;
    for (int row = 0; row * length < ids.length; row++) {
      int[] tokens = Arrays.copyOfRange(ids, row * length, (row + 1) * length);
      float[] actual = new float[length * vocabulary];
      decoder.prefill(row, 0, tokens, LongStream.range(0, length).toArray(), ranks).get(actual);
      int from = row * length * vocabulary;
      assertThat(actual)
          .as("%s, row %d", folder.getFileName(), row)
          .containsExactly(
              Arrays.copyOfRange(logits, from, from + actual.length), within(tolerance));
    }
    int[] prompt = inputs.ints("prompt");
    FloatBuffer next = decoder.prefill(0, 0, prompt, new long[] {prompt.length - 1}, ranks);
    List<Integer> told = new ArrayList<>();
    for (int step = 0; step < 24; step++) {
      int token = likeliest(next, 0, vocabulary);
      told.add(token);
      next =
          decoder.decode(new int[] {token}, new int[] {prompt.length + step}, new int[][] {ranks});
    }
    assertThat(told).as("%s", folder.getFileName()).containsExactly(greedy(expected, prompt));
  }

  /** The fixture repeats the prompt before what was generated. */
  private static Integer[] greedy(TensorFile expected, int[] prompt) {
    int[] whole = expected.ints("greedy");
    assertThat(whole).startsWith(prompt).hasSize(prompt.length + 24);
    return Arrays.stream(whole).skip(prompt.length).boxed().toArray(Integer[]::new);
  }

  private static int likeliest(FloatBuffer logits, int from, int vocabulary) {
    int best = 0;
    for (int v = 1; v < vocabulary; v++) {
      if (logits.get(from + v) > logits.get(from + best)) {
        best = v;
      }
    }
    return best;
  }
}
