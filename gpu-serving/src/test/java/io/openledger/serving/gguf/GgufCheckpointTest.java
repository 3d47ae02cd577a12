package io.openledger.serving.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Sampling;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.serving.OnnxServingEngineFactory;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.TinyFamilies;
import io.openledger.serving.TinyFamilies.Kind;
import io.openledger.serving.TinyModel;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.Rope;
import io.openledger.serving.model.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GGUF files against the Hugging Face folders that say the same. */
class GgufCheckpointTest {

  private static final float HALF_SCALE = 0.0123f;

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void tokenizer() throws Exception {
    file = folder.resolve("model.gguf");
    Files.writeString(folder.resolve("tokenizer.json"), TinyModel.tokenizer());
  }

  private Checkpoint unpacked() {
    return Checkpoint.open(GgufCheckpoint.unpack(file, folder.resolve("cache")));
  }

  private static JsonObject config(Kind kind) {
    JsonObject config = kind.config();
    config.addProperty("eos_token_id", 257);
    config.remove("sliding_window");
    if (kind == Kind.LLAMA_BIASED) {
      config.addProperty("attention_bias", false);
      config.addProperty("mlp_bias", false);
    }
    return config;
  }

  private static GgufBytes described(JsonObject config) {
    String family = config.get("model_type").getAsString();
    GgufBytes bytes = new GgufBytes().text("general.architecture", family);
    // Sorted: a seed must mean the same file everywhere.
    new TreeMap<>(
            Map.of(
                "embedding_length", "hidden_size",
                "feed_forward_length", "intermediate_size",
                "block_count", "num_hidden_layers",
                "attention.head_count", "num_attention_heads",
                "attention.head_count_kv", "num_key_value_heads",
                "attention.key_length", "head_dim",
                "context_length", "max_position_embeddings"))
        .forEach((key, name) -> bytes.integer(family + "." + key, config.get(name).getAsInt()));
    return bytes
        .real(family + ".attention.layer_norm_rms_epsilon", 1e-5f)
        .real(family + ".rope.freq_base", config.get("rope_theta").getAsFloat())
        .texts("tokenizer.ggml.tokens", List.of("a", "b", "c"))
        .text("tokenizer.chat_template", "x".repeat(10_000))
        .integer("tokenizer.ggml.eos_token_id", 257);
  }

  private static GgufBytes whole(JsonObject config, Map<String, Tensor> tensors) {
    GgufBytes bytes = described(config);
    tensors.forEach(
        (name, tensor) ->
            bytes.tensor(
                renamed(name),
                0,
                tensor.shape(),
                GgufBytes.floats(turned(config, name, tensor.values()))));
    return bytes;
  }

  private static String renamed(String name) {
    return name.replace("model.embed_tokens", "token_embd")
        .replace("model.norm", "output_norm")
        .replace("lm_head", "output")
        .replace("model.layers.", "blk.")
        .replace("input_layernorm", "attn_norm")
        .replace("post_attention_layernorm", "ffn_norm")
        .replace("self_attn.q_proj", "attn_q")
        .replace("self_attn.k_proj", "attn_k")
        .replace("self_attn.v_proj", "attn_v")
        .replace("self_attn.o_proj", "attn_output")
        .replace("self_attn.q_norm", "attn_q_norm")
        .replace("self_attn.k_norm", "attn_k_norm")
        .replace("mlp.gate_proj", "ffn_gate")
        .replace("mlp.up_proj", "ffn_up")
        .replace("mlp.down_proj", "ffn_down");
  }

  /** Row {@code j} of a head's first half beside row {@code j} of its second, for llama alone. */
  private static float[] turned(JsonObject config, String name, float[] values) {
    boolean turns = name.contains("q_proj.weight") || name.contains("k_proj.weight");
    if (!turns || !config.get("model_type").getAsString().equals("llama")) {
      return values;
    }
    int hidden = config.get("hidden_size").getAsInt();
    int head = config.get("head_dim").getAsInt();
    float[] out = new float[values.length];
    for (int from = 0; from < values.length / hidden; from += head) {
      for (int j = 0; j < head / 2; j++) {
        System.arraycopy(values, (from + j) * hidden, out, (from + 2 * j) * hidden, hidden);
        System.arraycopy(
            values, (from + head / 2 + j) * hidden, out, (from + 2 * j + 1) * hidden, hidden);
      }
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({"LLAMA_BIASED", "QWEN2", "QWEN3_TIED"})
  void readsWhatTheHuggingFaceFolderSays(Kind kind) throws Exception {
    JsonObject config = config(kind);
    Map<String, Tensor> tensors = TinyFamilies.tensors(config, "F32", 3);
    Files.write(file, whole(config, tensors).bytes());
    Checkpoint expected =
        Checkpoint.open(TinyFamilies.write(folder.resolve("hub"), config, "F32", 3));
    Checkpoint actual = unpacked();
    assertThat(actual.config()).isEqualTo(expected.config());
    assertThat(actual.tensors()).containsOnlyKeys(tensors.keySet());
    for (String name : tensors.keySet()) {
      assertThat(TensorData.read(actual.tensors().get(name)))
          .as(name)
          .containsExactly(tensors.get(name).values());
    }
  }

  @Test
  void answersAsTheHuggingFaceFolderDoes() throws Exception {
    JsonObject config = config(Kind.LLAMA_BIASED);
    Files.write(file, whole(config, TinyFamilies.tensors(config, "F32", 3)).bytes());
    TinyFamilies.write(folder.resolve("hub"), config, "F32", 3);
    String expected = answer(folder.resolve("hub"));
    assertThat(expected).isNotEmpty();
    assertThat(answer(file)).isEqualTo(expected);
  }

  private String answer(Path checkpoint) throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (ServingEngine engine =
        new OnnxServingEngineFactory()
            .open(
                new Settings(
                    new ModelId("base"),
                    checkpoint,
                    folder.resolve("cache"),
                    new Limits(1, 4, 1, 0, 8),
                    1),
                threads)) {
      StringBuilder text = new StringBuilder();
      GenerationOptions options =
          GenerationOptions.of(20, Sampling.GREEDY, OptionalLong.empty(), List.of());
      engine.generate(
          new Request(Optional.empty(), "Duty of care", options),
          delta -> {
            text.append(delta);
            return true;
          });
      return text.toString();
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void unpacksOnceForEachContent() throws Exception {
    JsonObject config = config(Kind.QWEN2);
    Files.write(file, whole(config, TinyFamilies.tensors(config, "F32", 3)).bytes());
    Path first = GgufCheckpoint.unpack(file, folder.resolve("cache"));
    Files.delete(first.resolve("model.safetensors"));
    assertThat(GgufCheckpoint.unpack(file, folder.resolve("cache"))).isEqualTo(first);
    assertThat(first.resolve("model.safetensors")).doesNotExist();
    Files.write(file, whole(config, TinyFamilies.tensors(config, "F32", 4)).bytes());
    assertThat(GgufCheckpoint.unpack(file, folder.resolve("cache"))).isNotEqualTo(first);
    try (Stream<Path> left = Files.list(folder.resolve("cache"))) {
      assertThat(left).hasSize(2);
    }
  }

  /** The numbers are those of the format's own Python package for the same bytes. */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, 0 1 15 16 31, -0.036895751953125 0.02459716796875 -0.098388671875"
        + " -0.036895751953125 0.0, -0.258270263671875",
    "Q8_0, 0 1 15 16 31, 1.045379638671875 1.50042724609375 -1.57421875 -1.119171142578125"
        + " -0.59033203125, -2.16455078125",
    "Q6_K, 0 1 31 32 63 64 95 96 127 128 159 200 255, -17.599273681640625 20.8583984375"
        + " -1.1806640625 2.840972900390625 -7.1331787109375 -37.3876953125 36.6005859375"
        + " -10.69976806640625 18.4478759765625 -4.316802978515625 1.77099609375"
        + " 13.393157958984375 -0.7379150390625, 56.7210693359375"
  })
  void readsBlocksExactly(BlockType type, String places, String expected, double sum) {
    byte[] block = new byte[type.bytes()];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) (i * 37 + 11);
    }
    int scale = type == BlockType.Q6_K ? 208 : 0;
    // 0.0123 in binary16.
    block[scale] = (byte) 0x4c;
    block[scale + 1] = 0x22;
    float[] values = new float[type.elements()];
    type.read(ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN), values);
    assertThat(TensorData.half((short) 0x224c)).isCloseTo(HALF_SCALE, within(1e-5f));
    String[] at = places.split(" ");
    for (int i = 0; i < at.length; i++) {
      assertThat((double) values[Integer.parseInt(at[i])])
          .as("value %s", at[i])
          .isEqualTo(Double.parseDouble(expected.split(" ")[i]));
    }
    double total = 0;
    for (float value : values) {
      total += value;
    }
    assertThat(total).isEqualTo(sum);
  }

  @Test
  void deletesWhatAKilledProcessLeftButNothingThatIsBeingWritten() throws Exception {
    JsonObject config = config(Kind.QWEN2);
    Files.write(file, whole(config, TinyFamilies.tensors(config, "F32", 3)).bytes());
    Path old = Files.createDirectories(folder.resolve("cache/gguf-unpacking1"));
    Path busy = Files.createDirectories(folder.resolve("cache/gguf-unpacking2"));
    FileTime before = FileTime.from(Instant.now().minus(Duration.ofHours(25)));
    for (Path each : List.of(old, busy)) {
      Files.createFile(each.resolve("model.safetensors"));
      Files.setLastModifiedTime(each, before);
    }
    Files.setLastModifiedTime(old.resolve("model.safetensors"), before);
    GgufCheckpoint.unpack(file, folder.resolve("cache"));
    assertThat(old).doesNotExist();
    assertThat(busy.resolve("model.safetensors")).exists();
  }

  @Test
  void unpacksBlocksInto32Bits() throws Exception {
    JsonObject config = config(Kind.QWEN2);
    Map<String, Tensor> tensors = TinyFamilies.tensors(config, "F32", 3);
    String name = "model.layers.0.mlp.gate_proj.weight";
    byte[] blocks = new byte[48 * 34];
    new Random(5).nextBytes(blocks);
    for (int row = 0; row < 48; row++) {
      blocks[row * 34 + 1] = 0x22;
    }
    GgufBytes bytes = described(config);
    tensors.forEach(
        (each, tensor) ->
            bytes.tensor(
                renamed(each),
                each.equals(name) ? 8 : 0,
                tensor.shape(),
                each.equals(name) ? blocks : GgufBytes.floats(tensor.values())));
    Files.write(file, bytes.bytes());
    float[] actual = TensorData.read(unpacked().tensors().get(name));
    for (int row = 0; row < 48; row++) {
      float scale = TensorData.half((short) (0x2200 | blocks[row * 34] & 0xff));
      for (int i = 0; i < 32; i++) {
        assertThat(actual[row * 32 + i]).isEqualTo(scale * blocks[row * 34 + 2 + i]);
      }
    }
  }

  @Test
  void recognisesTheDivisorsOfLlama3AndRefusesOthers() throws Exception {
    JsonObject config = config(Kind.LLAMA_BIASED);
    config.addProperty("rope_theta", 500000.0);
    config.addProperty("head_dim", 16);
    Rope plain = new Rope(500000, new Rope.None());
    Rope scaled = new Rope(500000, new Rope.Llama3(32, 1, 4, 8192));
    float[] divisors = new float[8];
    for (int i = 0; i < 8; i++) {
      divisors[i] = (float) (plain.frequency(i, 16) / scaled.frequency(i, 16));
    }
    Map<String, Tensor> tensors = TinyFamilies.tensors(config, "F32", 3);
    GgufBytes bytes = whole(config, tensors);
    Files.write(
        file,
        bytes.tensor("rope_freqs.weight", 0, new long[] {8}, GgufBytes.floats(divisors)).bytes());
    assertThat(unpacked().config().rope().scaling()).isEqualTo(new Rope.Llama3(32, 1, 4, 8192));
    divisors[3] *= 1.01f;
    Files.write(
        file,
        whole(config, tensors)
            .tensor("rope_freqs.weight", 0, new long[] {8}, GgufBytes.floats(divisors))
            .bytes());
    refused(ErrorCode.MODEL_UNSUPPORTED, "rope_freqs.weight that divides pair");
  }

  @Test
  void wantsATokenizerBesideIt() throws Exception {
    JsonObject config = config(Kind.QWEN2);
    Files.write(file, whole(config, TinyFamilies.tensors(config, "F32", 3)).bytes());
    Files.delete(folder.resolve("tokenizer.json"));
    refused(ErrorCode.CHECKPOINT_MISSING, "tokenizer.json");
  }

  @Test
  void refusesWhatIsNotSupportedByNameAndWritesNothing() throws Exception {
    JsonObject config = config(Kind.LLAMA_BIASED);
    Map<String, Tensor> tensors = TinyFamilies.tensors(config, "F32", 3);
    refused(new GgufBytes().text("general.architecture", "gemma3"), "architecture = gemma3");
    refused(whole(config, tensors).integer("llama.expert_count", 8), "experts");
    refused(
        whole(config, tensors).real("llama.rope.scaling.attn_factor", 2), "scaling.attn_factor");
    refused(
        whole(config, tensors).tensor("blk.0.attn_q.bias", 0, new long[] {1}, new byte[4]),
        "blk.0.attn_q.bias");
    refused(
        whole(config, tensors).tensor("blk.0.other.weight", 0, new long[] {1}, new byte[4]),
        "blk.0.other.weight");
    refused(whole(config, tensors).text("llama.rope.scaling.type", "longrope"), "longrope");
    assertThat(folder.resolve("cache")).isEmptyDirectory();
  }

  @Test
  void refusesAMissingTensorAndAWrongShapeByNameAndWritesNothing() throws Exception {
    JsonObject config = config(Kind.QWEN2);
    Map<String, Tensor> tensors = TinyFamilies.tensors(config, "F32", 3);
    String name = "model.layers.1.mlp.down_proj.weight";
    Tensor tensor = tensors.remove(name);
    Files.write(file, whole(config, tensors).bytes());
    refused(ErrorCode.CHECKPOINT_BROKEN, name);
    tensors.put(name, new Tensor("F32", new long[] {48, 32}, tensor.values()));
    Files.write(file, whole(config, tensors).bytes());
    refused(ErrorCode.CHECKPOINT_BROKEN, "blk.1.ffn_down.weight has shape [48, 32]");
    assertThat(folder.resolve("cache")).isEmptyDirectory();
  }

  private void refused(GgufBytes bytes, String named) throws Exception {
    Files.write(file, bytes.bytes());
    refused(ErrorCode.MODEL_UNSUPPORTED, named);
  }

  private void refused(ErrorCode code, String named) {
    assertThatThrownBy(() -> GgufCheckpoint.unpack(file, folder.resolve("cache")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(named);
  }

  @Test
  void refusesHeadersThatLie() throws Exception {
    byte[] sixteen = new byte[64];
    long[] shape = {4, 4};
    lies(new byte[] {'G', 'G', 'U', 'F'}, "ends within");
    lies("not a model at all, but long enough".getBytes(), "no GGUF");
    lies(new GgufBytes().version(1).bytes(), "version 1");
    lies(new GgufBytes().bytes(-1, 0), "tensors");
    lies(new GgufBytes().bytes(0, 1L << 40), "key-value pairs");
    lies(new GgufBytes().integer("a", 1).integer("a", 1).bytes(), "key a twice");
    lies(new GgufBytes().list("a", 0, 1L << 60).bytes(), "key a with");
    lies(new GgufBytes().list("a", 8, 1L << 60).bytes(), "model.gguf");
    lies(new GgufBytes().list("a", 13, 1).bytes(), "list of type 13");
    lies(new GgufBytes().integer("general.alignment", 3).bytes(), "general.alignment = 3");
    lies(new GgufBytes().tensor("t", 12, shape, sixteen).bytes(), "tensor t of type 12");
    lies(new GgufBytes().tensor("t", 8, shape, sixteen).bytes(), "whole blocks");
    lies(new GgufBytes().tensor("t", 0, new long[] {4, 5}, sixteen).bytes(), "tensor t with 80");
    lies(new GgufBytes().tensor("t", 0, new long[] {0, 4}, sixteen).bytes(), "dimension of 0");
    lies(new GgufBytes().tensor("t", 0, new long[] {1, 1 << 21}, sixteen).bytes(), "rows of");
    lies(new GgufBytes().tensor("t", 0, new long[] {1L << 60, 1 << 19}, sixteen).bytes(), "2^63");
    lies(new GgufBytes().tensor("t", 0, shape, 16, sixteen).bytes(), "multiple of 32");
    lies(new GgufBytes().tensor("t", 0, shape, 32, new byte[96]).bytes(), "follows a gap");
    lies(new GgufBytes().tensor("t", 0, shape, new byte[128]).bytes(), "after the last tensor");
    lies(
        new GgufBytes().tensor("t", 0, shape, sixteen).tensor("t", 0, shape, sixteen).bytes(),
        "t twice");
    lies(
        new GgufBytes()
            .tensor("t", 0, shape, 0, sixteen)
            .tensor("u", 0, shape, 32, new byte[32])
            .bytes(),
        "u overlaps");
  }

  private void lies(byte[] content, String named) throws Exception {
    Files.write(file, content);
    assertThatThrownBy(() -> GgufReader.read(file))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_BROKEN))
        .hasMessageContaining(named);
  }

  @Test
  void neverFailsOtherwiseOnMutatedFiles() throws Exception {
    long seed = 20261125;
    Random random = new Random(seed);
    JsonObject config = config(Kind.QWEN2);
    byte[] whole = whole(config, TinyFamilies.tensors(config, "F32", 3)).bytes();
    // Behind the template: one byte in it more or less says nothing.
    int template = 10_500;
    for (int round = 0; round < 1000; round++) {
      byte[] mutated = Arrays.copyOf(whole, whole.length - random.nextInt(2) * random.nextInt(99));
      for (int i = 0; i <= random.nextInt(3); i++) {
        int at = random.nextInt(3000);
        mutated[at < 450 ? at : at + template - 450] = (byte) random.nextInt();
      }
      Files.write(file, mutated);
      try {
        GgufLayout layout = new GgufLayout(GgufReader.read(file));
        layout.tensors();
        layout.config();
      } catch (OpenLedgerException e) {
        assertThat(e.code())
            .as("seed %d, round %d", seed, round)
            .isIn(ErrorCode.CHECKPOINT_BROKEN, ErrorCode.MODEL_UNSUPPORTED);
      }
    }
  }
}
