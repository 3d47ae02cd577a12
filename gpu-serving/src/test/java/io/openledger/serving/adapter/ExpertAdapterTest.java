package io.openledger.serving.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.TensorFile.Tensor;
import io.openledger.serving.TinyFamilies;
import io.openledger.serving.TinyFamilies.Kind;
import io.openledger.serving.TinyModel;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.Projection;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters of mixtures of experts: what every token passes can be changed, routed experts not. */
class ExpertAdapterTest {

  @TempDir Path folder;

  @Test
  void changesLatentAttentionDenseLayersAndSharedExperts() throws Exception {
    Checkpoint base = base();
    AdapterWeights weights = read(base, TinyModel.adapter(base, 2, 1));
    for (Projection projection :
        new Projection[] {Projection.Q_A, Projection.KV_B, Projection.SHARED_DOWN}) {
      assertThat(weights.changes()).containsKey(base.config().module(2, projection).index());
    }
    assertThat(weights.changes()).containsKey(base.config().module(0, Projection.UP).index());
  }

  @Test
  void refusesRoutedExpertsByName() throws Exception {
    Checkpoint base = base();
    Map<String, Tensor> tensors = TinyModel.adapter(base, 2, 1);
    String name = "base_model.model.model.layers.2.mlp.experts.4.up_proj.lora_A.weight";
    tensors.put(name, new Tensor("F32", new long[] {2, 32}, new float[64]));
    assertThatThrownBy(() -> read(base, tensors))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.ADAPTER_UNSUPPORTED))
        .hasMessageContaining(name);
  }

  private Checkpoint base() throws Exception {
    JsonObject config = Kind.DEEPSEEK3_GROUPS_HALVES_BIASED.config();
    return Checkpoint.open(TinyFamilies.write(folder.resolve("base"), config, "F32", 1));
  }

  private AdapterWeights read(Checkpoint base, Map<String, Tensor> tensors) throws Exception {
    JsonObject config = TinyModel.adapterConfig(2);
    config.add("target_modules", JsonParser.parseString("\"all-linear\""));
    return Adapters.read(
        TinyModel.writeAdapter(folder.resolve("adapter"), config, tensors), base.config());
  }
}
