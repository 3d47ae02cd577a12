package io.openledger.serving.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TensorFile;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.TinyFamilies;
import io.openledger.serving.TinyFamilies.Kind;
import io.openledger.serving.model.FeedForward.Scoring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each family's settings mean, and which are refused by name before weights are looked for.
 */
class FamilyReadersTest {

  @TempDir Path folder;

  private ModelConfig read(String config) throws Exception {
    Files.writeString(folder.resolve("config.json"), config);
    return ConfigReader.read(folder);
  }

  @Test
  void readsThePublishedSettingsOfQwen2WithYarn() throws Exception {
    ModelConfig config =
        read(
            """
            {"model_type": "qwen2", "hidden_size": 896, "intermediate_size": 4864,
             "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
             "vocab_size": 151936, "max_position_embeddings": 32768, "rms_norm_eps": 1e-6,
             "rope_theta": 1000000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
             "sliding_window": 32768, "max_window_layers": 21, "use_sliding_window": false,
             "rope_scaling": {"type": "yarn", "factor": 4.0,
               "original_max_position_embeddings": 32768}}
            """);
    Attention.Grouped attention = (Attention.Grouped) config.attention();
    assertThat(attention.headDim()).isEqualTo(64);
    assertThat(attention.windows()).hasSize(24).containsOnly(0);
    assertThat(config.context()).isEqualTo(131072);
    assertThat(config.modules()).hasSize(24 * 7);
    assertThat(config.modules().get(0).biased()).isTrue();
    assertThat(config.module(0, Projection.O).biased()).isFalse();
    assertThat(config.tensors())
        .containsEntry("model.layers.23.self_attn.k_proj.bias", List.of(128L))
        .doesNotContainKey("lm_head.weight");
  }

  @Test
  void readsThePublishedSettingsOfDeepSeekV3() throws Exception {
    ModelConfig config =
        read(
            """
            {"model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432,
             "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128,
             "num_key_value_heads": 128, "n_shared_experts": 1, "n_routed_experts": 256,
             "num_experts_per_tok": 8, "n_group": 8, "topk_group": 4, "moe_layer_freq": 1,
             "first_k_dense_replace": 3, "norm_topk_prob": true, "routed_scaling_factor": 2.5,
             "scoring_func": "sigmoid", "topk_method": "noaux_tc", "q_lora_rank": 1536,
             "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
             "v_head_dim": 128, "vocab_size": 129280, "max_position_embeddings": 163840,
             "rms_norm_eps": 1e-6, "rope_theta": 10000, "tie_word_embeddings": false,
             "torch_dtype": "bfloat16", "num_nextn_predict_layers": 1, "ep_size": 1,
             "aux_loss_alpha": 0.001, "seq_aux": true, "eos_token_id": 1,
             "rope_scaling": {"type": "yarn", "factor": 40, "beta_fast": 32, "beta_slow": 1,
               "mscale": 1.0, "mscale_all_dim": 1.0, "original_max_position_embeddings": 4096}}
            """);
    Attention.Latent attention = (Attention.Latent) config.attention();
    assertThat(attention.interleaved()).isTrue();
    assertThat((double) attention.scale()).isCloseTo(0.1352337788608801, within(1e-8));
    assertThat(config.kvHeads()).isEqualTo(128);
    assertThat(config.headDim()).isEqualTo(192);
    assertThat(config.context()).isEqualTo(163840);
    assertThat(((Rope.Yarn) config.rope().scaling()).stretch()).isEqualTo(1);
    assertThat(config.feedForwards().subList(0, 3))
        .containsOnly(new FeedForward.Gated(18432, false));
    assertThat(config.feedForwards().subList(3, 61))
        .containsOnly(
            new FeedForward.Experts(
                2048, 256, 8, 8, 4, Scoring.SIGMOID_CORRECTED, true, 2.5f, 2048));
    assertThat(config.tensors())
        .containsEntry("model.layers.60.mlp.experts.255.down_proj.weight", List.of(7168L, 2048L))
        .containsEntry("model.layers.3.mlp.gate.e_score_correction_bias", List.of(256L))
        .doesNotContainKey("model.layers.2.mlp.gate.weight");
  }

  @Test
  void readsThePublishedSettingsOfDeepSeekV2Lite() throws Exception {
    ModelConfig config =
        read(
            """
            {"model_type": "deepseek_v2", "hidden_size": 2048, "intermediate_size": 10944,
             "moe_intermediate_size": 1408, "num_hidden_layers": 27, "num_attention_heads": 16,
             "num_key_value_heads": 16, "n_shared_experts": 2, "n_routed_experts": 64,
             "num_experts_per_tok": 6, "n_group": 1, "topk_group": 1, "moe_layer_freq": 1,
             "first_k_dense_replace": 1, "norm_topk_prob": false, "routed_scaling_factor": 1.0,
             "scoring_func": "softmax", "topk_method": "greedy", "q_lora_rank": null,
             "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
             "v_head_dim": 128, "vocab_size": 102400, "max_position_embeddings": 163840,
             "rope_theta": 10000, "torch_dtype": "bfloat16", "eos_token_id": 100001,
             "rope_scaling": {"type": "yarn", "factor": 40, "beta_fast": 32, "beta_slow": 1,
               "mscale": 0.707, "mscale_all_dim": 0.707,
               "original_max_position_embeddings": 4096}}
            """);
    Attention.Latent attention = (Attention.Latent) config.attention();
    assertThat(attention.queryRank()).isZero();
    assertThat((double) attention.scale()).isCloseTo(0.11472138679292612, within(1e-8));
    assertThat(config.feedForwards().get(1))
        .isEqualTo(new FeedForward.Experts(1408, 64, 6, 1, 1, Scoring.SOFTMAX, false, 1, 2816));
    assertThat(config.modules().stream().map(LinearModule::name))
        .contains(
            "model.layers.26.self_attn.kv_a_proj_with_mqa",
            "model.layers.26.mlp.shared_experts.up_proj",
            "model.layers.0.mlp.up_proj")
        .noneMatch(name -> name.contains(".experts."));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LLAMA_YARN|{\"sliding_window\": 128}|sliding_window",
        "QWEN3_TIED|{\"rope_parameters\": {\"full_attention\": {}}}|positions for full_attention",
        "QWEN2|{\"layer_types\": [\"full_attention\", \"chunked_attention\"]}|chunked_attention",
        "QWEN2|{\"layer_types\": [\"sliding_attention\", \"full_attention\"]}|sliding_attention",
        "DEEPSEEK2_GREEDY_WIDE_VALUES|{\"topk_method\": \"noaux_tc\"}|topk_method = noaux_tc",
        "DEEPSEEK2_GREEDY_WIDE_VALUES|{\"scoring_func\": \"sigmoid\"}|scoring_func = sigmoid",
        "DEEPSEEK2_GREEDY_WIDE_VALUES|{\"norm_topk_prob\": true}|norm_topk_prob = true",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"topk_method\": \"greedy\"}|topk_method = greedy",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"scoring_func\": \"softmax\"}|scoring_func = softmax",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"moe_layer_freq\": 2}|moe_layer_freq = 2",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"mlp_bias\": true}|mlp_bias = true",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"qk_rope_head_dim\": 12}|qk_rope_head_dim = 12",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"num_key_value_heads\": 2}|num_key_value_heads = 2",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"quantization_config\": {}}|quantization_config",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"num_hidden_layers\": 1024,"
            + " \"n_routed_experts\": 4096}|4096 experts in 1022 layers"
      })
  void refusesWhatAFamilyDoesNotSupportByName(Kind kind, String change, String named)
      throws Exception {
    refused(kind, change, ErrorCode.MODEL_UNSUPPORTED, named);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2|{\"layer_types\": [\"full_attention\"]}|1 layer_types",
        "QWEN2|{\"layer_types\": [1, 2]}|layer_types",
        "MISTRAL_WHOLE|{\"sliding_window\": 0}|sliding_window",
        "LLAMA_YARN|{\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 0.5}}|factor = 0.5",
        "LLAMA_YARN|{\"rope_scaling\": {\"type\": \"yarn\", \"factor\": 2, \"beta_fast\": 1,"
            + " \"beta_slow\": 3}}|beta_fast",
        "LLAMA_YARN|{\"rope_scaling\": {\"type\": \"dynamic\"}}|factor",
        "LLAMA_YARN|{\"rope_theta\": 1}|rope_theta",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"n_group\": 5}|of 5 groups",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"num_experts_per_tok\": 9}|9 of 16 experts",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"n_group\": 16, \"topk_group\": 6}|of 16 groups",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"kv_lora_rank\": null}|kv_lora_rank",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"routed_scaling_factor\": 0}|routed_scaling_factor",
        "DEEPSEEK3_GROUPS_HALVES_BIASED|{\"n_shared_experts\": 4096,"
            + " \"moe_intermediate_size\": 1048576}|shared experts"
      })
  void refusesSettingsThatMakeNoSense(Kind kind, String change, String named) throws Exception {
    refused(kind, change, ErrorCode.CHECKPOINT_BROKEN, named);
  }

  private void refused(Kind kind, String change, ErrorCode code, String named) throws Exception {
    JsonObject config = kind.config();
    JsonParser.parseString(change).getAsJsonObject().asMap().forEach(config::add);
    // No weights at all: nothing of them is looked for before the settings are known.
    Files.writeString(folder.resolve("config.json"), config.toString());
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(named);
  }

  @ParameterizedTest
  @EnumSource
  void refusesEachMissingTensorAndEachWrongShapeByName(Kind kind) throws Exception {
    TinyFamilies.write(folder, kind.config(), "F32", 1);
    Map<String, Tensor> tensors = TinyFamilies.tensors(kind.config(), "F32", 1);
    for (String name : List.copyOf(tensors.keySet())) {
      if (name.contains("layers.1.") || name.contains("experts.0.") || !name.contains("layers")) {
        Tensor tensor = tensors.remove(name);
        refusedWith(tensors, name + " is missing");
        long[] shape = tensor.shape().clone();
        shape[0]--;
        int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        tensors.put(name, new Tensor("F32", shape, new float[size]));
        refusedWith(tensors, name + " has shape " + Arrays.toString(shape));
        tensors.put(name, tensor);
      }
    }
    Files.write(folder.resolve("model.safetensors"), TensorFile.bytes(tensors));
    assertThat(Checkpoint.open(folder).tensors()).containsOnlyKeys(tensors.keySet());
  }

  private void refusedWith(Map<String, Tensor> tensors, String named) throws Exception {
    Files.write(folder.resolve("model.safetensors"), TensorFile.bytes(tensors));
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_BROKEN))
        .hasMessageContaining(named);
  }

  @Test
  void takesNoWindowForNullAndTheLibrarysForSilence() throws Exception {
    JsonObject config = Kind.MISTRAL_WHOLE.config();
    assertThat(((Attention.Grouped) read(config.toString()).attention()).windows()).containsOnly(0);
    config.remove("sliding_window");
    assertThat(((Attention.Grouped) read(config.toString()).attention()).windows())
        .containsOnly(4096);
    for (String type : List.of("qwen2", "qwen3")) {
      JsonObject windowed = Kind.QWEN2.config();
      windowed.addProperty("model_type", type);
      windowed.remove("layer_types");
      windowed.addProperty("use_sliding_window", true);
      windowed.addProperty("max_window_layers", 0);
      windowed.add("sliding_window", com.google.gson.JsonNull.INSTANCE);
      assertThat(((Attention.Grouped) read(windowed.toString()).attention()).windows())
          .containsOnly(0);
      windowed.remove("sliding_window");
      assertThat(((Attention.Grouped) read(windowed.toString()).attention()).windows())
          .containsOnly(4096);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n_shared_experts",
        "first_k_dense_replace",
        "n_group",
        "topk_group",
        "norm_topk_prob",
        "routed_scaling_factor"
      })
  void guessesNoSettingOfExperts(String key) throws Exception {
    JsonObject config = Kind.DEEPSEEK3_GROUPS_HALVES_BIASED.config();
    config.remove(key);
    assertThatThrownBy(() -> read(config.toString()))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.CHECKPOINT_BROKEN))
        .hasMessageContaining("no " + key);
  }

  @Test
  void refusesATensorThatSettingsDoNotAccountForButIgnoresOnesThatSayNothing() throws Exception {
    JsonObject config = Kind.MISTRAL_WHOLE.config();
    TinyFamilies.write(folder, config, "F32", 1);
    Map<String, Tensor> tensors = TinyFamilies.tensors(config, "F32", 1);
    Tensor any = new Tensor("F32", new long[] {4}, new float[4]);
    tensors.put("model.layers.0.self_attn.rotary_emb.inv_freq", any);
    tensors.put("model.layers.2.mlp.gate_proj.bias", any);
    Files.write(folder.resolve("model.safetensors"), TensorFile.bytes(tensors));
    assertThat(Checkpoint.open(folder).tensors()).hasSize(tensors.size() - 2);
    tensors.put("model.layers.1.mlp.gate_proj.bias", any);
    refusedWith(tensors, "model.layers.1.mlp.gate_proj.bias");
  }

  @Test
  void readsBothConfigFormsOfYarnAlike() throws Exception {
    JsonObject older = Kind.LLAMA_YARN.config();
    JsonObject newer = older.deepCopy();
    newer.add("rope_parameters", newer.remove("rope_scaling"));
    newer.getAsJsonObject("rope_parameters").add("rope_theta", newer.remove("rope_theta"));
    newer.add("dtype", newer.remove("torch_dtype"));
    assertThat(read(newer.toString())).isEqualTo(read(older.toString()));
  }
}
