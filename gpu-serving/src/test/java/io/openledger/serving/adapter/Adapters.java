package io.openledger.serving.adapter;

import io.openledger.api.Hash256;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.ModelInfo;
import io.openledger.serving.model.ModelConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Lets tests of other packages read adapters. */
public final class Adapters {

  public static final AdapterWeights NONE = new AdapterWeights(Map.of());

  private Adapters() {}

  /** A registered adapter without files: whoever asks it brings the weights. */
  public static AdapterSource source(String name) {
    ModelInfo info =
        new ModelInfo(new ModelId(name), Optional.empty(), "fake", Hash256.sha256(name), 1, false);
    return new AdapterSource(info, Path.of(name), null, 1, 1);
  }

  public static AdapterWeights read(Path folder, ModelConfig base) {
    return PeftFolder.read(folder, base, 64).weights();
  }
}
