package io.openledger.serving.adapter;

import io.openledger.serving.model.ModelConfig;
import java.nio.file.Path;
import java.util.Map;

/** Lets tests of other packages read adapters. */
public final class Adapters {

  public static final AdapterWeights NONE = new AdapterWeights(Map.of());

  private Adapters() {}

  public static AdapterWeights read(Path folder, ModelConfig base) {
    return PeftFolder.read(folder, base, 64).weights();
  }
}
