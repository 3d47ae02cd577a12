package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.Digests;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Safetensors;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads an adapter in PEFT's layout: {@code adapter_config.json}, {@code
 * adapter_model.safetensors}. Names, shapes and sizes are checked against the base model before any
 * data is read, so that no more memory is taken than the base and the rank warrant.
 *
 * @param weights checked to be finite
 * @param digest SHA-256 over both files
 */
record PeftFolder(AdapterWeights weights, Hash256 digest) {

  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String PREFIX = "base_model.model.";

  /**
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_BROKEN}, {@link
   *     ErrorCode#ADAPTER_MISMATCH}, {@link ErrorCode#ADAPTER_UNSUPPORTED}
   */
  static PeftFolder read(Path folder, ModelConfig base, int maxRank) {
    for (String file : List.of(CONFIG, WEIGHTS)) {
      if (!Files.isRegularFile(folder.resolve(file))) {
        throw Broken.ADAPTER.because(folder + " has no file " + file, CONFIG + " and " + WEIGHTS);
      }
    }
    PeftConfig config = PeftConfig.read(folder.resolve(CONFIG), maxRank);
    Map<String, TensorRef> tensors = Safetensors.read(folder.resolve(WEIGHTS), Broken.ADAPTER);
    Map<Integer, Change> changes = new HashMap<>();
    Set<String> known = new HashSet<>();
    List<LinearModule> targets =
        base.modules().stream().filter(module -> config.targets(module.name())).toList();
    refuseStrangers(tensors, base);
    if (targets.isEmpty()) {
      throw mismatch("target_modules name no linear map", "those of the base model");
    }
    // All shapes before any data.
    for (LinearModule module : targets) {
      int rank = config.rank(module.name());
      known.add(checked(tensors, module, "lora_A", List.of((long) rank, (long) module.in())));
      known.add(checked(tensors, module, "lora_B", List.of((long) module.out(), (long) rank)));
    }
    for (String name : tensors.keySet()) {
      if (!known.contains(name)) {
        throw Broken.ADAPTER.because(
            WEIGHTS + ": tensor " + name, "tensors of the target_modules alone");
      }
    }
    for (LinearModule module : targets) {
      changes.put(module.index(), change(tensors, module, config));
    }
    return new PeftFolder(
        new AdapterWeights(changes),
        Digests.of(List.of(folder.resolve(CONFIG), folder.resolve(WEIGHTS)), Broken.ADAPTER));
  }

  private static void refuseStrangers(Map<String, TensorRef> tensors, ModelConfig base) {
    Set<String> modules = new HashSet<>();
    base.modules().forEach(module -> modules.add(module.name()));
    for (String name : tensors.keySet()) {
      if (name.contains("lora_embedding_")
          || name.contains("lora_magnitude_vector")
          || name.contains(".mlp.experts.")
          || name.startsWith(PREFIX + "lm_head.")) {
        throw new OpenLedgerException(
            ErrorCode.ADAPTER_UNSUPPORTED,
            WEIGHTS + ": tensor " + name,
            "lora_A and lora_B of the linear maps in the layers",
            "train the adapter without it, or merge it into a checkpoint");
      }
      String module = name.replaceFirst("\\.lora_[AB]\\.weight$", "");
      if (!module.startsWith(PREFIX) || !modules.contains(module.substring(PREFIX.length()))) {
        throw mismatch(
            "tensor " + name, "a linear map of the base model, below " + PREFIX + "model.layers");
      }
    }
  }

  private static String checked(
      Map<String, TensorRef> tensors, LinearModule module, String factor, List<Long> shape) {
    String name = name(module, factor);
    @Nullable TensorRef tensor = tensors.get(name);
    if (tensor == null) {
      throw Broken.ADAPTER.because(WEIGHTS + " has no tensor " + name, name + shape);
    }
    if (!tensor.shape().equals(shape)) {
      throw mismatch("tensor " + name + " has shape " + tensor.shape(), shape.toString());
    }
    return name;
  }

  private static String name(LinearModule module, String factor) {
    return PREFIX + module.name() + "." + factor + ".weight";
  }

  private static Change change(
      Map<String, TensorRef> tensors, LinearModule module, PeftConfig config) {
    int rank = config.rank(module.name());
    float scale = (float) config.scale(module.name());
    float[] in = finite(tensors, name(module, "lora_A"));
    float[] stored = finite(tensors, name(module, "lora_B"));
    float[] out = new float[stored.length];
    for (int o = 0; o < module.out(); o++) {
      for (int r = 0; r < rank; r++) {
        out[r * module.out() + o] = scale * stored[o * rank + r];
      }
    }
    return new Change(rank, in, out);
  }

  private static float[] finite(Map<String, TensorRef> tensors, String name) {
    TensorRef tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException("checked before: " + name);
    }
    float[] values;
    try {
      values = TensorData.read(tensor);
    } catch (IOException e) {
      throw Broken.ADAPTER.because(
          WEIGHTS + ": tensor " + name + " cannot be read", "a readable file", e);
    }
    for (float value : values) {
      if (!Float.isFinite(value) || Math.abs(value) > 1e6f) {
        throw Broken.ADAPTER.because(
            WEIGHTS + ": tensor " + name + " holds " + value, "finite values up to 1000000");
      }
    }
    return values;
  }

  private static OpenLedgerException mismatch(String arrived, String allowed) {
    return new OpenLedgerException(
        ErrorCode.ADAPTER_MISMATCH,
        WEIGHTS + ": " + arrived,
        allowed,
        "register the adapter on the base model that it was trained on");
  }
}
