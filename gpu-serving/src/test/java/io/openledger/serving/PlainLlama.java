package io.openledger.serving;

import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.model.LinearModule;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import io.openledger.serving.model.Rope;
import io.openledger.serving.model.TensorData;
import io.openledger.serving.model.TensorRef;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The plain twin of the graph: a forward pass in loops over doubles, without cache or batch. */
public final class PlainLlama {

  private final ModelConfig config;
  private final Map<String, float[]> weights = new HashMap<>();

  public PlainLlama(Checkpoint checkpoint) throws IOException {
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
      double[][] attended = attention(layer, normed, adapter);
      add(x, linear(layer, Projection.O, attended, adapter));
      double[][] inner = norm(x, config.feedForwardNorm(layer));
      double[][] gate = linear(layer, Projection.GATE, inner, adapter);
      double[][] up = linear(layer, Projection.UP, inner, adapter);
      for (int t = 0; t < n; t++) {
        for (int i = 0; i < config.intermediate(); i++) {
          gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
        }
      }
      add(x, linear(layer, Projection.DOWN, gate, adapter));
    }
    String output = config.tied() ? ModelConfig.EMBEDDING : ModelConfig.OUTPUT;
    return product(
        norm(x, ModelConfig.FINAL_NORM), weights.get(output), config.hidden(), config.vocabulary());
  }

  private double[][] attention(int layer, double[][] x, AdapterWeights adapter) {
    int n = x.length;
    int head = config.headDim();
    double[][] q = rotated(linear(layer, Projection.Q, x, adapter), config.heads());
    double[][] k = rotated(linear(layer, Projection.K, x, adapter), config.kvHeads());
    double[][] v = linear(layer, Projection.V, x, adapter);
    double[][] out = new double[n][config.queryWidth()];
    int group = config.heads() / config.kvHeads();
    for (int h = 0; h < config.heads(); h++) {
      int kv = h / group * head;
      for (int t = 0; t < n; t++) {
        double[] scores = new double[t + 1];
        double sum = 0;
        for (int s = 0; s <= t; s++) {
          double dot = 0;
          for (int i = 0; i < head; i++) {
            dot += q[t][h * head + i] * k[s][kv + i];
          }
          scores[s] = Math.exp(dot / Math.sqrt(head));
          sum += scores[s];
        }
        for (int s = 0; s <= t; s++) {
          for (int i = 0; i < head; i++) {
            out[t][h * head + i] += scores[s] / sum * v[s][kv + i];
          }
        }
      }
    }
    return out;
  }

  private double[][] rotated(double[][] x, int heads) {
    int head = config.headDim();
    int half = head / 2;
    Rope.Tables tables = config.rope().tables(x.length, head);
    for (int t = 0; t < x.length; t++) {
      for (int h = 0; h < heads; h++) {
        for (int i = 0; i < half; i++) {
          double cos = tables.cos()[t * half + i];
          double sin = tables.sin()[t * half + i];
          double a = x[t][h * head + i];
          double b = x[t][h * head + half + i];
          x[t][h * head + i] = a * cos - b * sin;
          x[t][h * head + half + i] = b * cos + a * sin;
        }
      }
    }
    return x;
  }

  private double[][] linear(
      int layer, Projection projection, double[][] x, AdapterWeights adapter) {
    LinearModule module = config.module(layer, projection);
    double[][] y = product(x, weights.get(module.weight()), module.in(), module.out());
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
    float[] weight = weights.get(name);
    double[][] y = new double[x.length][weight.length];
    for (int t = 0; t < x.length; t++) {
      double squares = 0;
      for (double value : x[t]) {
        squares += value * value;
      }
      double scale = 1 / Math.sqrt(squares / weight.length + config.epsilon());
      for (int i = 0; i < weight.length; i++) {
        y[t][i] = x[t][i] * scale * weight[i];
      }
    }
    return y;
  }

  private static void add(double[][] x, double[][] change) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += change[t][i];
      }
    }
  }
}
