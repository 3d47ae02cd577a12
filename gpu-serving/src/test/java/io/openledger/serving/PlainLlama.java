package io.openledger.serving;

import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The plain twin of the graph, for every family: a forward pass in loops over doubles, without
 * cache or batch.
 */
public final class PlainLlama {

  private final ModelConfig config;
  private final Map<String, float[]> weights = new HashMap<>();

  private final Predicate<String> roundsInputs;

  public PlainLlama(Checkpoint checkpoint) throws IOException {
    this(checkpoint, weight -> false);
  }

  /**
   * With inputs of some products rounded to 8 bits in blocks of 32.
   *
   * @param roundsInputs which, by the name of the weight
   */
  public PlainLlama(Checkpoint checkpoint, Predicate<String> roundsInputs) throws IOException {
    this.roundsInputs = roundsInputs;
    config = checkpoint.config();
    for (TensorRef tensor : checkpoint.tensors().values()) {
      weights.put(tensor.name(), TensorData.read(tensor));
    }
  }

  /** Logits of every position, {@code [tokens][vocabulary]}. */
  public double[][] logits(int[] tokens, AdapterWeights adapter) {
    int n = tokens.length;
    double[][] x = new double[n][config.hidden()];
    for (int t = 0; t < n; t++) {
      for (int i = 0; i < config.hidden(); i++) {
        x[t][i] = weights.get(ModelConfig.EMBEDDING)[tokens[t] * config.hidden() + i];
      }
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      double[][] normed = norm(x, config.attentionNorm(layer));
      add(x, PlainAttention.of(this, layer, adapter).attend(normed));
      double[][] inner = norm(x, config.feedForwardNorm(layer));
      add(x, new PlainFeedForward(this, layer, adapter).apply(inner));
    }
    String output = config.tied() ? ModelConfig.EMBEDDING : ModelConfig.OUTPUT;
    return product(
        rounded(output, norm(x, ModelConfig.FINAL_NORM)),
        weights.get(output),
        config.hidden(),
        config.vocabulary());
  }

  ModelConfig config() {
    return config;
  }

  float[] weight(String name) {
    return weights.get(name);
  }

  double[][] linear(int layer, Projection projection, double[][] x, AdapterWeights adapter) {
    LinearModule module = config.module(layer, projection);
    double[][] y =
        product(
            rounded(module.weight(), x), weights.get(module.weight()), module.in(), module.out());
    AdapterWeights.Change change = adapter.changes().get(module.index());
    if (change != null) {
      double[][] low = product(x, change.in(), module.in(), change.rank());
      for (int t = 0; t < x.length; t++) {
        for (int r = 0; r < change.rank(); r++) {
          for (int o = 0; o < module.out(); o++) {
            y[t][o] += low[t][r] * change.out()[r * module.out() + o];
          }
        }
        for (int o = 0; o < change.gain().length; o++) {
          y[t][o] *= change.gain()[o];
        }
      }
    }
    if (module.biased()) {
      float[] bias = weights.get(module.bias());
      for (double[] row : y) {
        for (int o = 0; o < row.length; o++) {
          row[o] += bias[o];
        }
      }
    }
    return y;
  }

  /** A linear map that no adapter changes. */
  double[][] fixed(String name, double[][] x, int in, int out) {
    return product(rounded(name, x), weights.get(name), in, out);
  }

  private double[][] rounded(String weight, double[][] x) {
    if (!roundsInputs.test(weight)) {
      return x;
    }
    double[][] y = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      y[t] = x[t].clone();
      for (int from = 0; from < y[t].length; from += 32) {
        float largest = 0;
        int to = Math.min(y[t].length, from + 32);
        for (int i = from; i < to; i++) {
          largest = Math.max(largest, (float) Math.abs(y[t][i]));
        }
        for (int i = from; i < to && largest > 0; i++) {
          y[t][i] = Math.rint((float) y[t][i] * (127 / largest)) * (largest / 127);
        }
      }
    }
    return y;
  }

  private static double[][] product(double[][] x, float[] weight, int in, int out) {
    double[][] y = new double[x.length][out];
    for (int t = 0; t < x.length; t++) {
      for (int o = 0; o < out; o++) {
        double sum = 0;
        for (int i = 0; i < in; i++) {
          sum += x[t][i] * weight[o * in + i];
        }
        y[t][o] = sum;
      }
    }
    return y;
  }

  private double[][] norm(double[][] x, String name) {
    return norm(x, weights.get(name), config.epsilon());
  }

  static double[][] norm(double[][] x, float[] weight, double epsilon) {
    double[][] y = new double[x.length][weight.length];
    for (int t = 0; t < x.length; t++) {
      double squares = 0;
      for (double value : x[t]) {
        squares += value * value;
      }
      double scale = 1 / Math.sqrt(squares / weight.length + epsilon);
      for (int i = 0; i < weight.length; i++) {
        y[t][i] = x[t][i] * scale * weight[i];
      }
    }
    return y;
  }

  static void add(double[][] x, double[][] change) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += change[t][i];
      }
    }
  }
}
