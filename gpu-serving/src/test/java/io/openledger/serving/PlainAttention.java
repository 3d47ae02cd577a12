package io.openledger.serving;

import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.model.Attention;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import io.openledger.serving.model.Rope;
import java.util.Arrays;

/** Attention of the plain twin: each query against each key that it may see. */
abstract class PlainAttention {

  final PlainLlama model;
  final int layer;
  final AdapterWeights adapter;

  private PlainAttention(PlainLlama model, int layer, AdapterWeights adapter) {
    this.model = model;
    this.layer = layer;
    this.adapter = adapter;
  }

  static PlainAttention of(PlainLlama model, int layer, AdapterWeights adapter) {
    return model.config().attention() instanceof Attention.Latent latent
        ? new LatentTwin(model, layer, adapter, latent)
        : new GroupedTwin(model, layer, adapter, (Attention.Grouped) model.config().attention());
  }

  /** From {@code [tokens][hidden]} to the same. */
  abstract double[][] attend(double[][] x);

  double[][] linear(Projection projection, double[][] x) {
    return model.linear(layer, projection, x, adapter);
  }

  float[] weight(String path) {
    return model.weight(ModelConfig.inLayer(layer, path));
  }

  /** One head: {@code [tokens][width of a value]}. */
  static double[][] head(double[][] q, double[][] k, double[][] v, double scale, int window) {
    double[][] out = new double[q.length][v[0].length];
    for (int t = 0; t < q.length; t++) {
      int first = window == 0 ? 0 : Math.max(0, t - window + 1);
      double[] scores = new double[t + 1];
      double sum = 0;
      for (int s = first; s <= t; s++) {
        double dot = 0;
        for (int i = 0; i < q[t].length; i++) {
          dot += q[t][i] * k[s][i];
        }
        scores[s] = Math.exp(dot * scale);
        sum += scores[s];
      }
      for (int s = first; s <= t; s++) {
        for (int i = 0; i < out[t].length; i++) {
          out[t][i] += scores[s] / sum * v[s][i];
        }
      }
    }
    return out;
  }

  /**
   * Turns pairs by each token's position: neighbours, or a dimension with that of the other half.
   */
  double[][] rotated(double[][] x, boolean neighbours) {
    int width = x[0].length;
    int half = width / 2;
    Rope.Tables tables = model.config().rope().tables(x.length, width);
    double[][] y = new double[x.length][width];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < half; i++) {
        double cos = tables.cos()[t * half + i];
        double sin = tables.sin()[t * half + i];
        int one = neighbours ? 2 * i : i;
        int other = neighbours ? 2 * i + 1 : half + i;
        y[t][one] = x[t][one] * cos - x[t][other] * sin;
        y[t][other] = x[t][other] * cos + x[t][one] * sin;
      }
    }
    return y;
  }

  /** Columns of every row. */
  static double[][] columns(double[][] x, int from, int width) {
    return Arrays.stream(x)
        .map(row -> Arrays.copyOfRange(row, from, from + width))
        .toArray(double[][]::new);
  }

  static void put(double[][] into, int at, double[][] part) {
    for (int t = 0; t < into.length; t++) {
      System.arraycopy(part[t], 0, into[t], at, part[t].length);
    }
  }

  private static final class GroupedTwin extends PlainAttention {

    private final Attention.Grouped attention;

    GroupedTwin(PlainLlama model, int layer, AdapterWeights adapter, Attention.Grouped attention) {
      super(model, layer, adapter);
      this.attention = attention;
    }

    @Override
    double[][] attend(double[][] x) {
      int width = attention.headDim();
      double[][] q = linear(Projection.Q, x);
      double[][] k = linear(Projection.K, x);
      double[][] v = linear(Projection.V, x);
      double[][] out = new double[x.length][attention.queryWidth()];
      int group = attention.heads() / attention.kvHeads();
      for (int h = 0; h < attention.heads(); h++) {
        int kv = h / group * width;
        put(
            out,
            h * width,
            head(
                turned(columns(q, h * width, width), Attention.Grouped.QUERY_NORM),
                turned(columns(k, kv, width), Attention.Grouped.KEY_NORM),
                columns(v, kv, width),
                1 / Math.sqrt(width),
                attention.windows().get(layer)));
      }
      return linear(Projection.O, out);
    }

    private double[][] turned(double[][] head, String norm) {
      double[][] normed =
          attention.normed() ? PlainLlama.norm(head, weight(norm), model.config().epsilon()) : head;
      return rotated(normed, false);
    }
  }

  private static final class LatentTwin extends PlainAttention {

    private final Attention.Latent attention;

    LatentTwin(PlainLlama model, int layer, AdapterWeights adapter, Attention.Latent attention) {
      super(model, layer, adapter);
      this.attention = attention;
    }

    @Override
    double[][] attend(double[][] x) {
      int plain = attention.plain();
      int turning = attention.rotated();
      double[][] down = linear(Projection.KV_A, x);
      double[][] latent =
          PlainLlama.norm(
              columns(down, 0, attention.kvRank()), weight(Attention.Latent.KV_NORM), 1e-6f);
      double[][] sharedKey =
          rotated(columns(down, attention.kvRank(), turning), attention.interleaved());
      double[][] up = linear(Projection.KV_B, latent);
      double[][] q = queries(x);
      double[][] out = new double[x.length][attention.heads() * attention.valueDim()];
      for (int h = 0; h < attention.heads(); h++) {
        int from = h * (plain + attention.valueDim());
        double[][] query = columns(q, h * (plain + turning), plain + turning);
        put(query, plain, rotated(columns(query, plain, turning), attention.interleaved()));
        double[][] key = new double[x.length][plain + turning];
        put(key, 0, columns(up, from, plain));
        put(key, plain, sharedKey);
        double[][] value = columns(up, from + plain, attention.valueDim());
        put(out, h * attention.valueDim(), head(query, key, value, attention.scale(), 0));
      }
      return linear(Projection.O, out);
    }

    private double[][] queries(double[][] x) {
      if (attention.queryRank() == 0) {
        return linear(Projection.Q, x);
      }
      double[][] down = linear(Projection.Q_A, x);
      return linear(
          Projection.Q_B, PlainLlama.norm(down, weight(Attention.Latent.QUERY_NORM), 1e-6f));
    }
  }
}
