package io.openledger.serving.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TensorFile;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.TinyModel;
import io.openledger.serving.model.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PEFT's rules, and each way in which an adapter can be wrong. */
class PeftFolderTest {

  private static final String PREFIX = "base_model.model.model.layers.0.";

  @TempDir Path folder;
  private Checkpoint base;

  @BeforeEach
  void write() throws Exception {
    base = Checkpoint.open(TinyModel.write(folder.resolve("base"), TinyModel.config(), "F32", 1));
  }

  private PeftFolder read(JsonObject config, Map<String, Tensor> tensors) throws Exception {
    return PeftFolder.read(
        TinyModel.writeAdapter(folder.resolve("adapter"), config, tensors),
        base.config(),
        new BaseWeights(base.tensors()),
        16);
  }

  private void refused(
      JsonObject config, Map<String, Tensor> tensors, ErrorCode code, String named) {
    assertThatThrownBy(() -> read(config, tensors))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.getMessage()).contains(named);
            });
  }

  private static JsonObject config(String change) {
    JsonObject config = TinyModel.adapterConfig(4);
    JsonParser.parseString(change).getAsJsonObject().asMap().forEach(config::add);
    return config;
  }

  private PeftConfig parsed(String change) throws Exception {
    Path file = folder.resolve("adapter_config.json");
    Files.writeString(file, config(change).toString());
    return PeftConfig.read(file, 64);
  }

  @Test
  void scalesAndTransposesTheFactors() throws Exception {
    Map<String, Tensor> tensors = TinyModel.adapter(base, 4, 9);
    AdapterWeights.Change change =
        read(TinyModel.adapterConfig(4), tensors).weights().changes().get(0);
    float[] b = tensors.get(PREFIX + "self_attn.q_proj.lora_B.weight").values();
    assertThat(change.rank()).isEqualTo(4);
    assertThat(change.in())
        .containsExactly(tensors.get(PREFIX + "self_attn.q_proj.lora_A.weight").values());
    // alpha / r = 2; B[out = 3][rank = 1] comes to [rank = 1][out = 3].
    assertThat(change.out()[1 * 32 + 3]).isEqualTo(2 * b[3 * 4 + 1]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"target_modules\": [\"q_proj\"]}|model.layers.0.self_attn.q_proj|true",
        "{\"target_modules\": [\"proj\"]}|model.layers.0.self_attn.q_proj|false",
        "{\"target_modules\": [\"self_attn.q_proj\"]}|model.layers.1.self_attn.q_proj|true",
        "{\"target_modules\": \".*q_proj\"}|model.layers.0.self_attn.q_proj|true",
        "{\"target_modules\": \"q_proj\"}|model.layers.0.self_attn.q_proj|false",
        "{\"target_modules\": \"all-linear\"}|model.layers.0.mlp.up_proj|true",
        "{\"exclude_modules\": [\"q_proj\"]}|model.layers.0.self_attn.q_proj|false",
        "{\"exclude_modules\": \".*layers\\\\.0.*\"}|model.layers.0.mlp.up_proj|false",
        "{\"exclude_modules\": \".*layers\\\\.0.*\"}|model.layers.1.mlp.up_proj|true",
        "{\"layers_to_transform\": [1]}|model.layers.0.mlp.up_proj|false",
        "{\"layers_to_transform\": [1]}|model.layers.1.mlp.up_proj|true",
        "{\"layers_to_transform\": 1}|model.layers.1.mlp.up_proj|true",
        "{\"layers_to_transform\": [1], \"layers_pattern\": \"layers\"}"
            + "|model.layers.1.mlp.up_proj|true",
        "{\"layers_to_transform\": [1], \"layers_pattern\": [\"h\"]}"
            + "|model.layers.1.mlp.up_proj|false",
        "{\"layers_to_transform\": []}|model.layers.0.mlp.up_proj|true"
      })
  void choosesModulesAsPeftDoes(String change, String module, boolean targeted) throws Exception {
    assertThat(parsed(change).targets(module)).isEqualTo(targeted);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|model.layers.0.mlp.down_proj|4|2.0",
        "{\"lora_alpha\": 6}|model.layers.0.mlp.down_proj|4|1.5",
        "{\"use_rslora\": true}|model.layers.0.mlp.down_proj|4|4.0",
        "{\"rank_pattern\": {\"down_proj\": 16}}|model.layers.0.mlp.down_proj|16|0.5",
        "{\"rank_pattern\": {\"n_proj\": 16}}|model.layers.0.mlp.down_proj|4|2.0",
        "{\"rank_pattern\": {\"layers.1.mlp.down_proj\": 2}}|model.layers.0.mlp.down_proj|4|2.0",
        "{\"rank_pattern\": {\"layers.[01].mlp.down_proj\": 2}}|model.layers.0.mlp.down_proj|2|4.0",
        "{\"rank_pattern\": {\"down_proj\": 2, \".*down_proj\": 8}}"
            + "|model.layers.0.mlp.down_proj|2|4.0",
        "{\"alpha_pattern\": {\"(up.down)_proj\": 1, \"down_.roj\": 1}}|model.layers.0.mlp.down_proj|4|0.25"
      })
  void findsRankAndScaleAsPeftDoes(String change, String module, int rank, double scale)
      throws Exception {
    PeftConfig config = parsed(change);
    assertThat(config.rank(module)).isEqualTo(rank);
    assertThat(config.scale(module)).isEqualTo(scale);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"peft_type\": \"IA3\"}|peft_type = IA3",
        "{\"task_type\": \"SEQ_CLS\"}|task_type = SEQ_CLS",
        "{\"bias\": \"all\"}|bias = all",
        "{\"modules_to_save\": [\"lm_head\"]}|modules_to_save",
        "{\"layer_replication\": [[0, 1]]}|layer_replication",
        "{\"target_parameters\": [\"x\"]}|target_parameters",
        "{\"lora_bias\": true}|lora_bias",
        "{\"trainable_token_indices\": [1]}|trainable_token_indices",
        "{\"alora_invocation_tokens\": [1]}|alora_invocation_tokens",
        "{\"use_qalora\": true}|use_qalora",
        "{\"megatron_config\": {\"a\": 1}}|megatron_config",
        "{\"of_the_future\": 1}|of_the_future",
        "{\"init_lora_weights\": \"pissa\"}|init_lora_weights = pissa",
        "{\"r\": 17}|rank 17",
        "{\"rank_pattern\": {\"q_proj\": 0}}|rank 0",
        "{\"target_modules\": \"(\"}|the pattern (",
        "{\"exclude_modules\": \"(.)\\\\1x\"}|the pattern",
        "{\"layers_to_transform\": [0], \"layers_pattern\": \"(?<=a)b\"}|the pattern"
      })
  void refusesWhatItDoesNotSupportByName(String change, String named) {
    refused(config(change), TinyModel.adapter(base, 4, 1), ErrorCode.ADAPTER_UNSUPPORTED, named);
  }

  @Test
  void refusesAnotherBaseByNameAndShape() {
    Map<String, Tensor> tensors = TinyModel.adapter(base, 4, 1);
    String name = PREFIX + "self_attn.k_proj.lora_B.weight";
    tensors.put(name, new Tensor("F32", new long[] {32, 4}, new float[128]));
    refused(
        TinyModel.adapterConfig(4),
        tensors,
        ErrorCode.ADAPTER_MISMATCH,
        name + " has shape [32, 4]; allowed: [16, 4]");
    Map<String, Tensor> deeper = TinyModel.adapter(base, 4, 1);
    String strange = "base_model.model.model.layers.2.mlp.up_proj.lora_A.weight";
    deeper.put(strange, new Tensor("F32", new long[] {4, 32}, new float[128]));
    refused(TinyModel.adapterConfig(4), deeper, ErrorCode.ADAPTER_MISMATCH, strange);
    Map<String, Tensor> foreign = TinyModel.adapter(base, 4, 1);
    foreign.put("../../etc/passwd", new Tensor("F32", new long[] {1}, new float[1]));
    refused(TinyModel.adapterConfig(4), foreign, ErrorCode.ADAPTER_MISMATCH, "../../etc/passwd");
    refused(
        config("{\"target_modules\": [\"c_attn\"]}"),
        Map.of(),
        ErrorCode.ADAPTER_MISMATCH,
        "target_modules");
  }

  @ParameterizedTest
  @CsvSource({"NaN", "Infinity", "-Infinity", "1e30"})
  void refusesPoison(float poison) {
    Map<String, Tensor> tensors = TinyModel.adapter(base, 4, 1);
    String name = PREFIX + "mlp.up_proj.lora_A.weight";
    tensors.get(name).values()[17] = poison;
    refused(TinyModel.adapterConfig(4), tensors, ErrorCode.ADAPTER_BROKEN, name + " holds");
  }

  @Test
  void refusesAChangeFarLongerThanItsMap() {
    Map<String, Tensor> tensors = TinyModel.adapter(base, 4, 1);
    float[] values = tensors.get(PREFIX + "mlp.up_proj.lora_A.weight").values();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1000;
    }
    refused(
        TinyModel.adapterConfig(4),
        tensors,
        ErrorCode.ADAPTER_BROKEN,
        "the change of model.layers.0.mlp.up_proj");
  }

  @Test
  void refusesMagnitudesThatAreMissingMisshapenHugeOrNotAskedFor() {
    JsonObject dora = config("{\"use_dora\": true}");
    String name = PREFIX + "mlp.up_proj.lora_magnitude_vector";
    refused(dora, TinyModel.adapter(base, 4, 1), ErrorCode.ADAPTER_BROKEN, "magnitude_vector");
    Map<String, Tensor> tensors = TinyModel.adapter(base, 4, 1);
    base.config()
        .modules()
        .forEach(
            m ->
                tensors.put(
                    "base_model.model." + m.name() + ".lora_magnitude_vector",
                    new Tensor("F32", new long[] {m.out()}, new float[m.out()])));
    refused(TinyModel.adapterConfig(4), tensors, ErrorCode.ADAPTER_BROKEN, "magnitude_vector");
    float[] values = new float[48];
    values[5] = 100_000;
    tensors.put(name, new Tensor("F32", new long[] {48}, values));
    refused(dora, tensors, ErrorCode.ADAPTER_BROKEN, "output 5 of model.layers.0.mlp.up_proj");
    tensors.put(name, new Tensor("F32", new long[] {47}, new float[47]));
    refused(dora, tensors, ErrorCode.ADAPTER_MISMATCH, name + " has shape [47]");
  }

  @Test
  void refusesALinkOutOfTheFolderAndAFileBeyondWhatTheBaseWarrants() throws Exception {
    Path adapter =
        TinyModel.writeAdapter(
            folder.resolve("linked"), TinyModel.adapterConfig(4), TinyModel.adapter(base, 4, 1));
    Path weights = adapter.resolve("adapter_model.safetensors");
    Path elsewhere = folder.resolve("elsewhere.safetensors");
    Files.move(weights, elsewhere);
    Files.createSymbolicLink(weights, elsewhere);
    brokenFolder(adapter, "a link that leads out of the folder");
    Files.delete(weights);
    Files.write(weights, new byte[4 << 20]);
    brokenFolder(adapter, "of 4194304 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]},"
            + " \"b\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}|overlaps",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]},"
            + " \"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}|twice",
        "{\"a\": {\"dtype\": \"F32\", \"shape\": [9], \"data_offsets\": [0, 36]}}|within"
      })
  void refusesTensorsThatOverlapAppearTwiceOrEndBeyondTheFile(String header, String named)
      throws Exception {
    Path adapter =
        TinyModel.writeAdapter(
            folder.resolve("odd"), TinyModel.adapterConfig(4), TinyModel.adapter(base, 4, 1));
    Files.write(
        adapter.resolve("adapter_model.safetensors"), TensorFile.whole(header, new byte[4]));
    brokenFolder(adapter, named);
  }

  @Test
  void refusesWhatIsMissingOrTooMuch() throws Exception {
    Map<String, Tensor> fewer = TinyModel.adapter(base, 4, 1);
    String name = PREFIX + "mlp.gate_proj.lora_B.weight";
    fewer.remove(name);
    refused(TinyModel.adapterConfig(4), fewer, ErrorCode.ADAPTER_BROKEN, name);
    refused(
        config("{\"target_modules\": [\"q_proj\"]}"),
        TinyModel.adapter(base, 4, 1),
        ErrorCode.ADAPTER_BROKEN,
        "k_proj");
    Map<String, Tensor> head = TinyModel.adapter(base, 4, 1);
    head.put(
        "base_model.model.lm_head.lora_A.weight",
        new Tensor("F32", new long[] {4, 32}, new float[128]));
    refused(TinyModel.adapterConfig(4), head, ErrorCode.ADAPTER_UNSUPPORTED, "lm_head");
    JsonObject nothing = TinyModel.adapterConfig(4);
    nothing.remove("target_modules");
    refused(nothing, TinyModel.adapter(base, 4, 1), ErrorCode.ADAPTER_BROKEN, "target_modules");
    Path adapter =
        TinyModel.writeAdapter(
            folder.resolve("x"), TinyModel.adapterConfig(4), TinyModel.adapter(base, 4, 1));
    byte[] whole = Files.readAllBytes(adapter.resolve("adapter_model.safetensors"));
    Files.write(
        adapter.resolve("adapter_model.safetensors"), Arrays.copyOf(whole, whole.length / 2));
    brokenFolder(adapter, "adapter_model.safetensors");
    Files.write(adapter.resolve("adapter_model.safetensors"), TensorFile.whole("{}", new byte[0]));
    brokenFolder(adapter, "has no tensor");
    Files.delete(adapter.resolve("adapter_model.safetensors"));
    brokenFolder(adapter, "adapter_model.safetensors");
  }

  private void brokenFolder(Path adapter, String named) {
    assertThatThrownBy(
            () -> PeftFolder.read(adapter, base.config(), new BaseWeights(base.tensors()), 16))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_BROKEN);
              assertThat(e.getMessage()).contains(named);
            });
  }

  @Test
  void evictsTheLeastRecentlyUsedAndNeverOneInUse() throws Exception {
    AdapterWeights weights =
        read(TinyModel.adapterConfig(4), TinyModel.adapter(base, 4, 1)).weights();
    List<int[]> uploads = new ArrayList<>();
    SlotPool pool =
        new SlotPool(
            new Arena() {
              @Override
              public void reserve(int ranks) {}

              @Override
              public void upload(AdapterWeights adapter, int[] ranks) {
                uploads.add(ranks);
              }
            },
            2);
    AdapterSource[] sources =
        IntStream.range(0, 3)
            .mapToObj(i -> Adapters.source("adapter" + i))
            .toArray(AdapterSource[]::new);
    SlotPool.Slot first = pool.acquire(sources[0], () -> weights).orElseThrow();
    SlotPool.Slot second = pool.acquire(sources[1], () -> weights).orElseThrow();
    assertThat(pool.acquire(sources[2], () -> weights)).isEmpty();
    assertThat(pool.drop(sources[0])).isFalse();
    pool.release(second);
    SlotPool.Slot third = pool.acquire(sources[2], () -> weights).orElseThrow();
    assertThat(pool.contains(sources[0])).isTrue();
    assertThat(pool.contains(sources[1])).isFalse();
    // No rank serves two adapters at once.
    assertThat(first.ranks()).doesNotContain(third.ranks());
    pool.release(first);
    assertThat(pool.drop(sources[0])).isTrue();
    assertThat(pool.resident()).isEqualTo(1);
    assertThat(uploads).hasSize(3);
    assertThatThrownBy(() -> pool.release(first)).isInstanceOf(IllegalStateException.class);
  }
}
