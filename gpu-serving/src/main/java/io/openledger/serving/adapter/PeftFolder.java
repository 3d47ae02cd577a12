package io.openledger.serving.adapter;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.serving.adapter.AdapterWeights.Change;
import io.openledger.serving.model.Broken;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Safetensors;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
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
 * @param bytes of the weights' file
 */
record PeftFolder(AdapterWeights weights, Hash256 digest, long bytes) {

  private static final String CONFIG = PeftFiles.CONFIG;
  private static final String WEIGHTS = PeftFiles.WEIGHTS;
  private static final List<String> MAGNITUDES =
      List.of(".lora_magnitude_vector", ".lora_magnitude_vector.weight");

  /** How much longer than the map that it changes a change may be. */
  private static final double LONGEST = 64;

  private static final String PREFIX = "base_model.model.";

  /**
   * @param weights of the base model
   * @throws OpenLedgerException {@link ErrorCode#ADAPTER_BROKEN}, {@link
   *     ErrorCode#ADAPTER_MISMATCH}, {@link ErrorCode#ADAPTER_UNSUPPORTED}
   */
  static PeftFolder read(Path folder, ModelConfig base, BaseWeights weights, int maxRank) {
    PeftFiles files = PeftFiles.read(folder, limit(base, maxRank));
    PeftConfig config = PeftConfig.read(folder.resolve(CONFIG), files.content(CONFIG), maxRank);
    byte[] content = files.content(WEIGHTS);
    Map<String, TensorRef> tensors =
        Safetensors.read(folder.resolve(WEIGHTS), content, Broken.ADAPTER);
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
      if (config.dora()) {
        known.add(magnitude(tensors, module));
      }
    }
    for (String name : tensors.keySet()) {
      if (!known.contains(name)) {
        throw Broken.ADAPTER.because(
            WEIGHTS + ": tensor " + name, "tensors of the target_modules alone");
      }
    }
    for (LinearModule module : targets) {
      changes.put(module.index(), change(tensors, content, module, config, weights));
    }
    return new PeftFolder(new AdapterWeights(changes), files.digest(), content.length);
  }

  /** What factors of the largest rank, magnitudes and a header of all maps can take. */
  private static long limit(ModelConfig base, int maxRank) {
    return (1 << 20)
        + base.modules().stream()
            .mapToLong(m -> 1024 + 4L * (maxRank * ((long) m.in() + m.out()) + m.out()))
            .sum();
  }

  private static String magnitude(Map<String, TensorRef> tensors, LinearModule module) {
    String name = PREFIX + module.name() + MAGNITUDES.get(0);
    for (String suffix : MAGNITUDES) {
      @Nullable TensorRef tensor = tensors.get(PREFIX + module.name() + suffix);
      if (tensor != null && tensor.elements() != module.out()) {
        throw mismatch(
            "tensor " + tensor.name() + " has shape " + tensor.shape(), "[" + module.out() + "]");
      }
      if (tensor != null) {
        return tensor.name();
      }
    }
    throw Broken.ADAPTER.because(WEIGHTS + " has no tensor " + name, "one, as use_dora says");
  }

  private static void refuseStrangers(Map<String, TensorRef> tensors, ModelConfig base) {
    Set<String> modules = new HashSet<>();
    base.modules().forEach(module -> modules.add(module.name()));
    for (String name : tensors.keySet()) {
      if (name.contains("lora_embedding_")
          || name.contains(".mlp.experts.")
          || name.startsWith(PREFIX + "lm_head.")) {
        throw new OpenLedgerException(
            ErrorCode.ADAPTER_UNSUPPORTED,
            WEIGHTS + ": tensor " + name,
            "lora_A, lora_B and lora_magnitude_vector of the linear maps in the layers",
            "train the adapter without it, or merge it into a checkpoint");
      }
      String module =
          name.replaceFirst("\\.lora_([AB]\\.weight|magnitude_vector(\\.weight)?)$", "");
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
      Map<String, TensorRef> tensors,
      byte[] content,
      LinearModule module,
      PeftConfig config,
      BaseWeights weights) {
    int rank = config.rank(module.name());
    float scale = (float) config.scale(module.name());
    float[] in = finite(tensors, content, name(module, "lora_A"));
    float[] stored = finite(tensors, content, name(module, "lora_B"));
    float[] out = new float[stored.length];
    for (int r = 0; r < rank; r++) {
      int row = r * module.out();
      for (int o = 0; o < module.out(); o++) {
        out[row + o] = scale * stored[o * rank + r];
      }
    }
    refuseHuge(module, in, out, weights);
    return config.dora()
        ? new Change(
            rank,
            in,
            out,
            gain(
                finite(tensors, content, magnitude(tensors, module)),
                module,
                weights,
                rank,
                in,
                out))
        : new Change(rank, in, out);
  }

  /**
   * A change far longer than what it changes is not a fine-tuning but a poisoned file. The product
   * of the factors' norms bounds the change's; only where that is beyond what training gives is the
   * base model's map looked at.
   */
  private static void refuseHuge(
      LinearModule module, float[] in, float[] out, BaseWeights weights) {
    double bound = norm(in) * norm(out);
    if (bound <= Math.sqrt(Math.min(module.in(), module.out()))) {
      return;
    }
    double most = LONGEST * weights.norm(module);
    if (!(bound <= most)) {
      throw Broken.ADAPTER.because(
          WEIGHTS + ": the change of " + module.name() + " has a norm of up to " + bound,
          "at most " + LONGEST + " times that of the base model's map: " + most);
    }
  }

  /** Four sums, so that an addition need not wait for the one before. */
  private static double norm(float[] values) {
    int whole = values.length / 4 * 4;
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int i = 0; i < whole; i += 4) {
      a += (double) values[i] * values[i];
      b += (double) values[i + 1] * values[i + 1];
      c += (double) values[i + 2] * values[i + 2];
      d += (double) values[i + 3] * values[i + 3];
    }
    for (int i = whole; i < values.length; i++) {
      a += (double) values[i] * values[i];
    }
    return Math.sqrt(a + b + c + d);
  }

  /** m / ‖W + BA‖ (Liu et al. 2024, "DoRA", equation 5). */
  private static float[] gain(
      float[] magnitude,
      LinearModule module,
      BaseWeights weights,
      int rank,
      float[] in,
      float[] out) {
    double[] norms = weights.changedNorms(module, rank, in, out);
    float[] gain = new float[magnitude.length];
    for (int o = 0; o < gain.length; o++) {
      gain[o] = (float) (magnitude[o] / norms[o]);
      if (!(Math.abs(gain[o]) <= LONGEST)) {
        throw Broken.ADAPTER.because(
            WEIGHTS + ": output " + o + " of " + module.name() + " is multiplied by " + gain[o],
            "at most " + LONGEST);
      }
    }
    return gain;
  }

  private static float[] finite(Map<String, TensorRef> tensors, byte[] content, String name) {
    TensorRef tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException("checked before: " + name);
    }
    float[] values = TensorData.read(tensor, content);
    for (float value : values) {
      // Neither is a NaN.
      if (!(Math.abs(value) <= 1e6f)) {
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
