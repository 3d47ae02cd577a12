package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.FeedForward;
import io.openledger.serving.model.FeedForward.Scoring;
import io.openledger.serving.model.ModelConfig;
import java.util.List;

/**
 * Chooses the experts of each token. What a token gets depends on its own scores alone; of equal
 * scores the lower expert wins.
 */
final class ExpertRouter {

  /** {@code BOOL} of {@code TensorProto.DataType}. */
  private static final int BOOL = 9;

  private final GraphBuilder graph;
  private final Weights weights;
  private final LinearMaps linears;
  private final FeedForward.Experts experts;

  ExpertRouter(
      GraphBuilder graph, Weights weights, LinearMaps linears, FeedForward.Experts experts) {
    this.graph = graph;
    this.weights = weights;
    this.linears = linears;
    this.experts = experts;
  }

  /**
   * What was chosen.
   *
   * @param experts int64 {@code [tokens, chosen]}
   * @param weights float {@code [tokens, chosen]}
   */
  record Choice(String experts, String weights) {}

  /** For {@code [tokens, hidden]}. */
  Choice route(int layer, String tokens) {
    String name = "layer." + layer + ".router";
    String logits = linears.fixed(ModelConfig.inLayer(layer, FeedForward.Experts.ROUTER), tokens);
    boolean corrected = experts.scoring() == Scoring.SIGMOID_CORRECTED;
    String scores =
        corrected
            ? graph.one("", "Sigmoid", name + ".scores", List.of(logits))
            : graph.one("", "Softmax", name + ".scores", List.of(logits), attribute("axis", -1));
    String ranked = scores;
    if (corrected) {
      String correction = weights.wide(ModelConfig.inLayer(layer, FeedForward.Experts.CORRECTION));
      ranked = graph.one("", "Add", name + ".corrected", List.of(scores, correction));
    }
    if (experts.chosenGroups() < experts.groups()) {
      ranked = grouped(name, ranked);
    }
    String best = best(ranked, experts.chosen(), name + ".best");
    String weight =
        graph.one(
            "", "GatherElements", name + ".weights", List.of(scores, best), attribute("axis", -1));
    return new Choice(best, scaled(name, weight));
  }

  /** Scores outside the best groups become less than any other. */
  private String grouped(String name, String scores) {
    int groups = experts.groups();
    String each = graph.reshaped(scores, name + ".groups", -1, groups, experts.experts() / groups);
    String groupScores;
    if (experts.scoring() == Scoring.SIGMOID_CORRECTED) {
      graph.node(
          "",
          "TopK",
          List.of(each, graph.integers(2)),
          List.of(name + ".two", name + ".two.places"),
          attribute("axis", -1));
      groupScores = reduced("ReduceSum", name + ".two", -1, name + ".group_scores");
    } else {
      groupScores = reduced("ReduceMax", each, -1, name + ".group_scores");
    }
    String best = best(groupScores, experts.chosenGroups(), name + ".best_groups");
    graph.table(name + ".marks", new float[] {0, 1}, 2);
    String marks =
        graph.one(
            "",
            "OneHot",
            name + ".marked",
            List.of(best, graph.integers(groups), name + ".marks"),
            attribute("axis", -1));
    String kept =
        graph.one(
            "",
            "Cast",
            name + ".kept",
            List.of(reduced("ReduceSum", marks, 1, name + ".kept_groups")),
            attribute("to", BOOL));
    graph.table(name + ".never", new float[] {Float.NEGATIVE_INFINITY}, 1);
    String masked =
        graph.one(
            "",
            "Where",
            name + ".masked",
            List.of(
                graph.reshaped(kept, name + ".kept_each", -1, groups, 1), each, name + ".never"));
    return graph.reshaped(masked, name + ".ranked", -1, experts.experts());
  }

  private String scaled(String name, String chosen) {
    String weight = chosen;
    if (experts.normalised()) {
      graph.table(name + ".tiny", new float[] {1e-20f}, 1);
      String sum = graph.summed(weight, -1, experts.chosen());
      String over = graph.one("", "Add", name + ".over", List.of(sum, name + ".tiny"));
      weight = graph.one("", "Div", name + ".shares", List.of(weight, over));
    }
    if (experts.scale() != 1) {
      graph.table(name + ".scale", new float[] {experts.scale()}, 1);
      weight = graph.one("", "Mul", name + ".scaled", List.of(weight, name + ".scale"));
    }
    return weight;
  }

  private String best(String scores, int count, String places) {
    graph.node(
        "",
        "TopK",
        List.of(scores, graph.integers(count)),
        List.of(places + ".scores", places),
        attribute("axis", -1));
    return places;
  }

  private String reduced(String operator, String input, int axis, String name) {
    return graph.one(
        "", operator, name, List.of(input, graph.integers(axis)), attribute("keepdims", 0));
  }
}
