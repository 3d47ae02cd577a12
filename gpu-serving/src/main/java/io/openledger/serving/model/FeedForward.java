package io.openledger.serving.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The feed-forward part of one layer. */
public sealed interface FeedForward {

  /**
   * The linear maps that every token passes.
   *
   * @param hidden width of the residual stream
   */
  List<LinearShape> linears(int hidden);

  /**
   * What else a layer stores, by path below the layer, with shapes.
   *
   * @param hidden width of the residual stream
   */
  Map<String, List<Long>> others(int hidden);

  /**
   * {@code down(silu(gate(x)) · up(x))}.
   *
   * @param inner its width
   * @param biased whether its maps have biases
   */
  record Gated(int inner, boolean biased) implements FeedForward {
    @Override
    public List<LinearShape> linears(int hidden) {
      return List.of(
          new LinearShape(Projection.GATE, hidden, inner, biased),
          new LinearShape(Projection.UP, hidden, inner, biased),
          new LinearShape(Projection.DOWN, inner, hidden, biased));
    }

    @Override
    public Map<String, List<Long>> others(int hidden) {
      return Map.of();
    }
  }

  /** How a router's logits become scores, and how groups of experts are scored. */
  enum Scoring {
    /** Softmax over all experts; a group counts as its best expert (DeepSeek-V2). */
    SOFTMAX,
    /**
     * Sigmoid of each; experts are chosen by score plus a learned correction and weighed by score
     * alone; a group counts as its best two (DeepSeek-V3, arXiv 2412.19437, section 2.1.2).
     */
    SIGMOID_CORRECTED
  }

  /**
   * A mixture of experts: each token passes few of many gated networks, and beside them those that
   * all tokens share (DeepSeekMoE, arXiv 2401.06066).
   *
   * @param inner width of an expert
   * @param experts how many there are to choose from
   * @param chosen how many each token passes
   * @param groups that the experts form, of one size
   * @param chosenGroups how many groups a token's experts come from
   * @param scoring of experts and groups
   * @param normalised whether a token's weights are divided by their sum
   * @param scale of the weights
   * @param shared width of the shared experts together; 0: none
   */
  record Experts(
      int inner,
      int experts,
      int chosen,
      int groups,
      int chosenGroups,
      Scoring scoring,
      boolean normalised,
      float scale,
      int shared)
      implements FeedForward {

    /** The router {@code [experts, hidden]}, below a layer. */
    public static final String ROUTER = "mlp.gate.weight";

    /** The matrices of an expert. */
    public static final List<String> MATRICES = List.of("gate_proj", "up_proj", "down_proj");

    /** What is added to scores when experts are chosen, {@code [experts]}, below a layer. */
    public static final String CORRECTION = "mlp.gate.e_score_correction_bias";

    public Experts {
      if (experts % groups != 0
          || chosenGroups < 1
          || chosenGroups > groups
          || chosen < 1
          || chosen > chosenGroups * (experts / groups)) {
        throw new IllegalArgumentException(chosen + " of " + experts + " in " + groups);
      }
    }

    /** The path of a matrix of an expert, below a layer. */
    public static String weight(int expert, String matrix) {
      return "mlp.experts." + expert + "." + matrix + ".weight";
    }

    @Override
    public List<LinearShape> linears(int hidden) {
      return shared == 0
          ? List.of()
          : List.of(
              new LinearShape(Projection.SHARED_GATE, hidden, shared, false),
              new LinearShape(Projection.SHARED_UP, hidden, shared, false),
              new LinearShape(Projection.SHARED_DOWN, shared, hidden, false));
    }

    @Override
    public Map<String, List<Long>> others(int hidden) {
      Map<String, List<Long>> others = new LinkedHashMap<>();
      others.put(ROUTER, List.of((long) experts, (long) hidden));
      if (scoring == Scoring.SIGMOID_CORRECTED) {
        others.put(CORRECTION, List.of((long) experts));
      }
      for (int expert = 0; expert < experts; expert++) {
        for (String matrix : MATRICES) {
          boolean down = matrix.equals("down_proj");
          others.put(
              weight(expert, matrix),
              List.of((long) (down ? hidden : inner), (long) (down ? inner : hidden)));
        }
      }
      return others;
    }
  }
}
