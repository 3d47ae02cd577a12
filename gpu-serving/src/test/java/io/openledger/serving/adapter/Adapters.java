package io.openledger.serving.adapter;

import io.openledger.api.Hash256;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Lets tests of other packages read adapters. */
public final class Adapters {

  public static final AdapterWeights NONE = new AdapterWeights(Map.of());

  private Adapters() {}

  /** A registered adapter without files: whoever asks it brings the weights. */
  public static AdapterSource source(String name) {
    ModelInfo info =
        new ModelInfo(new ModelId(name), Optional.empty(), "fake", Hash256.sha256(name), 1, false);
    HostTier nowhere = new HostTier(null, new BaseWeights(Map.of()), 1, 0);
    return new FolderAdapter(
        info, Path.of(name), nowhere, 1, new PeftFolder(NONE, info.digest(), 0));
  }

  /** Host memory for adapters that a function reads by their names. */
  public static HostTier host(Function<String, AdapterWeights> files, long limit) {
    return new HostTier(adapter -> files.apply(adapter.info().id().toString()), limit);
  }

  /** A registered adapter whose weights come from there. */
  public static FolderAdapter source(String name, AdapterWeights weights, HostTier host) {
    ModelInfo info =
        new ModelInfo(new ModelId(name), Optional.empty(), "fake", Hash256.sha256(name), 1, false);
    return new FolderAdapter(
        info, Path.of(name), host, 1, new PeftFolder(weights, info.digest(), 0));
  }

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
