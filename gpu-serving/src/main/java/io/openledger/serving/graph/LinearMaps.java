package io.openledger.serving.graph;

import static io.openledger.serving.graph.GraphBuilder.MICROSOFT;
import static io.openledger.serving.graph.GraphBuilder.attribute;

import io.openledger.serving.model.LinearModule;
import java.util.ArrayList;
import java.util.List;

/** The linear maps of a decoder: the base model's weights and what adapters change. */
final class LinearMaps {

  private final GraphBuilder graph;
  private final Weights weights;
  private final GraphForm.Adapters adapters;

  LinearMaps(GraphBuilder graph, Weights weights, GraphForm.Adapters adapters) {
    this.graph = graph;
    this.weights = weights;
    this.adapters = adapters;
  }

  /** A linear map that no adapter changes: routers and experts. */
  String fixed(String weight, String input) {
    return weights.product(weight + ".map", input, weight);
  }

  /**
   * W x + b, and what adapters make of W x: the bias comes last, because what scales an adapted map
   * (DoRA) does not scale it.
   */
  String map(LinearModule module, String input) {
    return biased(module, adapted(module, input, base(module, input)));
  }

  private String biased(LinearModule module, String product) {
    return module.biased()
        ? graph.one(
            "", "Add", module.name() + ".biased", List.of(product, weights.row(module.bias())))
        : product;
  }

  /** Several maps of one input, each as {@link #map}; one product where they are packed as one. */
  List<String> maps(List<LinearModule> modules, String input) {
    String merged = MergedMaps.name(modules);
    if (!weights.merged(merged)) {
      return modules.stream().map(module -> map(module, input)).toList();
    }
    String all = weights.mergedProduct(merged + ".base", input, modules);
    List<String> bases = graph.split(all, modules.stream().mapToLong(LinearModule::out).toArray());
    List<String> results = new ArrayList<>();
    for (int i = 0; i < modules.size(); i++) {
      results.add(biased(modules.get(i), adapted(modules.get(i), input, bases.get(i))));
    }
    return results;
  }

  private String base(LinearModule module, String input) {
    return weights.product(module.name() + ".base", input, module.weight());
  }

  private String adapted(LinearModule module, String input, String base) {
    return switch (adapters.kind()) {
      case NONE -> base;
      case GATHERED -> gathered(module, input, base);
      case PLAIN_LANE -> lane(graph, module, 0, input, base);
      case STAGED -> staged(module, input, base);
    };
  }

  /** W x + B (A x), with the adapter's A and B gathered for each row of the batch. */
  private String gathered(LinearModule module, String input, String base) {
    String name = module.name();
    String in =
        graph.one(
            "",
            "Gather",
            name + ".a",
            List.of(DecoderGraph.adapterIn(module), DecoderGraph.ADAPTER_RANKS));
    String out =
        graph.one(
            "",
            "Gather",
            name + ".b",
            List.of(DecoderGraph.adapterOut(module), DecoderGraph.ADAPTER_RANKS));
    String low = product(name + ".low", input, in);
    String change = graph.one("", "MatMul", name + ".change", List.of(low, out));
    return graph.one("", "Add", name + ".sum", List.of(base, change));
  }

  /**
   * g ∘ (W x + B (A x)), lane by lane: of the activations, which are small, those rows are gathered
   * that the lane serves; the factors are multiplied where they lie. Whatever the batch, a row's
   * product is {@code [1, in] · [in, width] · [width, out]} of its own lane, so its bits are its
   * own. A step of the base model alone takes the branch that does nothing.
   */
  private String staged(LinearModule module, String input, String base) {
    String name = module.name();
    GraphBuilder then = graph.branch();
    String sum = lane(then, module, 0, input, base);
    int lanes = adapters.lanes();
    if (lanes > 1) {
      GraphBuilder more = graph.branch();
      String all = sum;
      for (int lane = 1; lane < lanes; lane++) {
        all = lane(more, module, lane, input, all);
      }
      more.yields(all);
      sum = either(then, name + ".lanes", DecoderGraph.MIXED_WIDTHS, more, sum);
    }
    then.yields(
        then.one("", "Mul", name + ".scaled", List.of(sum, DecoderGraph.adapterScale(module))));
    return either(graph, name + ".sum", DecoderGraph.ADAPTED, then, base);
  }

  /** Adds one lane's changes to the rows that it serves. */
  private static String lane(
      GraphBuilder into, LinearModule module, int lane, String input, String sum) {
    String at = module.name() + "." + lane;
    String x = into.one("", "Gather", at + ".x", List.of(input, DecoderGraph.laneRows(lane)));
    String low =
        into.one(
            MICROSOFT,
            "FusedMatMul",
            at + ".low",
            List.of(x, DecoderGraph.laneIn(module, lane)),
            attribute("transB", 1));
    String change =
        into.one("", "MatMul", at + ".change", List.of(low, DecoderGraph.laneOut(module, lane)));
    return into.one(
        "",
        "ScatterND",
        at + ".sum",
        List.of(sum, DecoderGraph.lanePlaces(lane), change),
        attribute("reduction", "add"));
  }

  /** What the branch yields where the condition holds, else the value as it is. */
  private static String either(
      GraphBuilder into, String name, String condition, GraphBuilder then, String otherwise) {
    GraphBuilder same = into.branch();
    same.yields(same.one("", "Identity", name + ".same", List.of(otherwise)));
    return into.one(
        "",
        "If",
        name,
        List.of(condition),
        attribute("then_branch", then),
        attribute("else_branch", same));
  }

  /** {@code left · rightᵀ}: checkpoints keep matrices as {@code [out, in]}. */
  String product(String name, String left, String right) {
    return graph.one(MICROSOFT, "FusedMatMul", name, List.of(left, right), attribute("transB", 1));
  }
}
