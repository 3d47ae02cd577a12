package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.INT64;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.FeedForward;
import io.openledger.serving.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A mixture of experts. Tokens are sorted by expert and split into one group for each, so that an
 * expert multiplies only the tokens that chose it, many or none; then they are sorted back and
 * added up in the order of each token's choice. ONNX Runtime's own operators for this do not fit:
 * on CPUs they take neither separate gate matrices nor this routing, and multiply without packing,
 * so that sums would depend on how many tokens an expert has.
 *
 * <p>Cost beside the multiplications: five nodes an expert, whether it has tokens or not; on two
 * cores about 1 ms a step for each layer of 64 experts. A batch reads each expert that any of its
 * tokens chose once.
 */
final class ExpertFeedForward {

  private final GraphBuilder graph;
  private final LinearMaps linears;
  private final ExpertRouter router;
  private final GatedFeedForward gated;
  private final ModelConfig config;
  private final FeedForward.Experts experts;

  ExpertFeedForward(
      GraphBuilder graph,
      Weights weights,
      LinearMaps linears,
      ModelConfig config,
      FeedForward.Experts experts) {
    this.graph = graph;
    this.linears = linears;
    this.router = new ExpertRouter(graph, weights, linears, experts);
    this.gated = new GatedFeedForward(graph, linears, config);
    this.config = config;
    this.experts = experts;
  }

  /** From {@code [B, S, hidden]} to the same. */
  String apply(int layer, String input) {
    String name = "layer." + layer + ".experts";
    String tokens = graph.reshaped(input, name + ".tokens", -1, config.hidden());
    ExpertRouter.Choice choice = router.route(layer, tokens);
    String each = routed(layer, name, tokens, choice.experts());
    String weight = graph.reshaped(choice.weights(), name + ".weights", -1, experts.chosen(), 1);
    String weighed = graph.one("", "Mul", name + ".weighed", List.of(each, weight));
    String sum = graph.summed(weighed, 1, experts.chosen());
    String shape = graph.one("", "Shape", name + ".shape", List.of(input));
    String routed = graph.one("", "Reshape", name, List.of(sum, shape));
    return experts.shared() == 0
        ? routed
        : graph.one("", "Add", name + ".all", List.of(routed, gated.shared(layer, input)));
  }

  /** What each token's chosen experts say, {@code [tokens, chosen, hidden]}. */
  private String routed(int layer, String name, String tokens, String chosen) {
    String pairs = graph.reshaped(chosen, name + ".pairs", -1);
    String count = graph.one("", "Size", name + ".count", List.of(pairs));
    String order = sorted(keys(name, pairs, count), count, name + ".order");
    String token =
        graph.one("", "Div", name + ".token", List.of(order, graph.integers(experts.chosen())));
    // As one row of a batch, since that is how all products take their inputs.
    String rows =
        graph.reshaped(
            graph.one("", "Gather", name + ".gathered", List.of(tokens, token)),
            name + ".rows",
            1,
            -1,
            config.hidden());
    List<String> groups =
        IntStream.range(0, experts.experts()).mapToObj(e -> name + "." + e).toList();
    graph.node("", "Split", List.of(rows, sizes(name, pairs)), groups, attribute("axis", 1));
    List<String> answers = new ArrayList<>();
    for (int expert = 0; expert < groups.size(); expert++) {
      answers.add(expert(layer, expert, groups.get(expert)));
    }
    String all =
        graph.reshaped(
            graph.one("", "Concat", name + ".answers", answers, attribute("axis", 1)),
            name + ".sorted",
            -1,
            config.hidden());
    String back = sorted(order, count, name + ".back");
    String restored = graph.one("", "Gather", name + ".restored", List.of(all, back));
    return graph.reshaped(restored, name + ".each", -1, experts.chosen(), config.hidden());
  }

  /** Pairs of token and expert, by expert and then by place: no two are equal. */
  private String keys(String name, String pairs, String count) {
    String places =
        graph.one(
            "", "Range", name + ".places", List.of(graph.integer(0), count, graph.integer(1)));
    String spread = graph.one("", "Mul", name + ".spread", List.of(pairs, count));
    return graph.one("", "Add", name + ".keys", List.of(spread, places));
  }

  /** The places of values in ascending order. */
  private String sorted(String values, String count, String places) {
    String all = graph.reshaped(count, places + ".all", 1);
    graph.node(
        "",
        "TopK",
        List.of(values, all),
        List.of(places + ".values", places),
        attribute("axis", 0),
        attribute("largest", 0));
    return places;
  }

  /** How many pairs each expert has, {@code [experts]}. */
  private String sizes(String name, String pairs) {
    String column = graph.reshaped(pairs, name + ".column", -1, 1);
    String all = graph.integers(IntStream.range(0, experts.experts()).asLongStream().toArray());
    String equal = graph.one("", "Equal", name + ".equal", List.of(column, all));
    String ones = graph.one("", "Cast", name + ".ones", List.of(equal), attribute("to", INT64));
    return graph.one(
        "",
        "ReduceSum",
        name + ".sizes",
        List.of(ones, graph.integers(0)),
        attribute("keepdims", 0));
  }

  private String expert(int layer, int expert, String rows) {
    String gate = linears.fixed(weight(layer, expert, "gate_proj"), rows);
    String up = linears.fixed(weight(layer, expert, "up_proj"), rows);
    return linears.fixed(
        weight(layer, expert, "down_proj"), GatedFeedForward.gated(graph, rows, gate, up));
  }

  private static String weight(int layer, int expert, String matrix) {
    return ModelConfig.inLayer(layer, FeedForward.Experts.weight(expert, matrix));
  }
}
