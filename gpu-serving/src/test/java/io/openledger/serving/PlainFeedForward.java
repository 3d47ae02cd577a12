package io.openledger.serving;

import io.openledger.serving.adapter.AdapterWeights;
import io.openledger.serving.model.FeedForward;
import io.openledger.serving.model.FeedForward.Scoring;
import io.openledger.serving.model.ModelConfig;
import io.openledger.serving.model.Projection;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Feed-forward parts of the plain twin: experts one token at a time. */
final class PlainFeedForward {

  private final PlainLlama model;
  private final int layer;
  private final AdapterWeights adapter;

  PlainFeedForward(PlainLlama model, int layer, AdapterWeights adapter) {
    this.model = model;
    this.layer = layer;
    this.adapter = adapter;
  }

  double[][] apply(double[][] x) {
    if (model.config().feedForwards().get(layer) instanceof FeedForward.Experts experts) {
      double[][] sum = routed(experts, x);
      if (experts.shared() > 0) {
        PlainLlama.add(
            sum, gated(x, Projection.SHARED_GATE, Projection.SHARED_UP, Projection.SHARED_DOWN));
      }
      return sum;
    }
    return gated(x, Projection.GATE, Projection.UP, Projection.DOWN);
  }

  private double[][] gated(double[][] x, Projection gate, Projection up, Projection down) {
    return model.linear(
        layer,
        down,
        silu(model.linear(layer, gate, x, adapter), model.linear(layer, up, x, adapter)),
        adapter);
  }

  private static double[][] silu(double[][] gate, double[][] up) {
    for (int t = 0; t < gate.length; t++) {
      for (int i = 0; i < gate[t].length; i++) {
        gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
      }
    }
    return gate;
  }

  private double[][] routed(FeedForward.Experts experts, double[][] x) {
    int hidden = model.config().hidden();
    double[][] sum = new double[x.length][hidden];
    for (int t = 0; t < x.length; t++) {
      double[][] token = {x[t]};
      double[] scores = model.fixed(name("mlp.gate.weight"), token, hidden, experts.experts())[0];
      score(experts.scoring(), scores);
      List<Integer> chosen = chosen(experts, scores);
      double total = chosen.stream().mapToDouble(e -> scores[e]).sum();
      for (int e : chosen) {
        double weight = scores[e] / (experts.normalised() ? total + 1e-20 : 1) * experts.scale();
        String at = name("mlp.experts." + e + ".");
        double[][] inner =
            silu(
                model.fixed(at + "gate_proj.weight", token, hidden, experts.inner()),
                model.fixed(at + "up_proj.weight", token, hidden, experts.inner()));
        double[] out = model.fixed(at + "down_proj.weight", inner, experts.inner(), hidden)[0];
        for (int i = 0; i < hidden; i++) {
          sum[t][i] += weight * out[i];
        }
      }
    }
    return sum;
  }

  private static void score(Scoring scoring, double[] logits) {
    double sum = Arrays.stream(logits).map(Math::exp).sum();
    for (int e = 0; e < logits.length; e++) {
      logits[e] =
          scoring == Scoring.SOFTMAX ? Math.exp(logits[e]) / sum : 1 / (1 + Math.exp(-logits[e]));
    }
  }

  private List<Integer> chosen(FeedForward.Experts experts, double[] scores) {
    boolean corrected = experts.scoring() == Scoring.SIGMOID_CORRECTED;
    double[] ranked = scores.clone();
    if (corrected) {
      float[] correction = weight("mlp.gate.e_score_correction_bias");
      for (int e = 0; e < ranked.length; e++) {
        ranked[e] += correction[e];
      }
    }
    int size = experts.experts() / experts.groups();
    double[] groups = new double[experts.groups()];
    for (int g = 0; g < groups.length; g++) {
      double[] sorted = Arrays.copyOfRange(ranked, g * size, (g + 1) * size);
      Arrays.sort(sorted);
      groups[g] = corrected && size > 1 ? sorted[size - 1] + sorted[size - 2] : sorted[size - 1];
    }
    List<Integer> kept = best(groups, experts.chosenGroups(), IntStream.range(0, groups.length));
    return best(
        ranked,
        experts.chosen(),
        IntStream.range(0, ranked.length).filter(e -> kept.contains(e / size)));
  }

  private static List<Integer> best(double[] values, int count, IntStream among) {
    return among
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
        .limit(count)
        .toList();
  }

  private float[] weight(String path) {
    return model.weight(name(path));
  }

  private String name(String path) {
    return ModelConfig.inLayer(layer, path);
  }
}
