package io.openledger.serving.adapter;

import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import java.nio.file.Path;
import java.util.Map;

/** Lets tests of other packages read adapters. */
public final class Adapters {

  public static final AdapterWeights NONE = new AdapterWeights(Map.of());

  private Adapters() {}

  public static AdapterWeights read(Path folder, Checkpoint base) {
    return PeftFolder.read(folder, base.config(), new BaseWeights(base.tensors()), 64).weights();
  }

  /** Where only the settings are at hand: whatever is changed is long enough. */
  public static AdapterWeights read(Path folder, ModelConfig base) {
    BaseWeights endless =
        new BaseWeights(Map.of()) {
          @Override
          double norm(LinearModule module) {
            return Double.MAX_VALUE / 64;
          }
        };
    return PeftFolder.read(folder, base, endless, 64).weights();
  }
}
