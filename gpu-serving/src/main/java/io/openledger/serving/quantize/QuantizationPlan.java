package io.openledger.serving.quantize;

import io.openledger.api.spi.ServingEngineFactory.WeightFormat;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.TensorRef;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which tensors are quantised: every linear map, those of routed experts included, and the output
 * matrix; routers stay. The embedding is read from the checkpoint as stored, row by row, so that
 * only the rows of seen tokens are in memory; a tied output matrix is quantised from it. Norms stay
 * as they are.
 */
public final class QuantizationPlan {

  private QuantizationPlan() {}

  /** Tensors with their formats, in the order of the layers; empty: all as stored. */
  public static Map<TensorRef, BlockFormat> of(Checkpoint checkpoint, WeightFormat weights) {
    Map<TensorRef, BlockFormat> plan = new LinkedHashMap<>();
    if (weights == WeightFormat.STORED) {
      return plan;
    }
    BlockFormat format = BlockFormat.valueOf(weights.name());
    for (LinearModule module : checkpoint.config().modules()) {
      put(plan, checkpoint, module.weight(), format);
    }
    for (String expert : checkpoint.config().expertWeights()) {
      put(plan, checkpoint, expert, format);
    }
    // What trains with NF4 leaves the output matrix alone. 8 bits are near enough to that, and the
    // operator would unpack the model's largest matrix for each token.
    put(
        plan,
        checkpoint,
        checkpoint.config().tied() ? ModelConfig.EMBEDDING : ModelConfig.OUTPUT,
        format == BlockFormat.NF4 ? BlockFormat.INT8 : format);
    return plan;
  }

  private static void put(
      Map<TensorRef, BlockFormat> plan, Checkpoint checkpoint, String name, BlockFormat format) {
    TensorRef tensor = checkpoint.tensors().get(name);
    if (tensor != null) {
      plan.put(tensor, format);
    }
  }
}
