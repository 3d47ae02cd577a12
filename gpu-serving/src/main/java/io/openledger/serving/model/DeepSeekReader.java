package io.openledger.serving.model;

import io.openledger.serving.model.FeedForward.Scoring;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * DeepSeek-V2 and V3: latent attention; the first layers dense, then mixtures of experts.
 *
 * <p>Where reference implementations differ: experts outside the chosen groups are never chosen, as
 * in the publisher's code; {@code mscale_all_dim} stretches the softmax in V2 as in V3, as in the
 * publisher's; {@code norm_topk_prob} of V2, which the publisher heeds and others do not, is
 * refused when it is true. Layers beyond {@code num_hidden_layers} (prediction of further tokens)
 * are ignored.
 *
 * @param scoring what tells the two apart
 */
record DeepSeekReader(Scoring scoring) implements FamilyReader {

  private static final int RANK = 1 << 16;
  private static final int EXPERTS = 1 << 12;

  /** Of all layers together: names are made for each before the weights' files are looked at. */
  private static final long ALL_EXPERTS = 1 << 16;

  @Override
  public Attention attention(ModelSettings settings, RopeReader rope) {
    JsonFile json = settings.json();
    int rotated = json.required("qk_rope_head_dim", 2, 1 << 12);
    int plain = json.required("qk_nope_head_dim", 1, 1 << 12);
    if (rotated % 8 != 0) {
      throw ModelSettings.unsupported("qk_rope_head_dim = " + rotated, "a multiple of 8");
    }
    if (settings.kvHeads() != settings.heads()) {
      throw ModelSettings.unsupported(
          "num_key_value_heads = " + settings.kvHeads(), "num_attention_heads");
    }
    double stretch = rope.attentionStretch();
    return new Attention.Latent(
        settings.heads(),
        json.integer("q_lora_rank", 1, RANK).orElse(0),
        json.required("kv_lora_rank", 1, RANK),
        plain,
        rotated,
        json.required("v_head_dim", 1, 1 << 12),
        scoring == Scoring.SOFTMAX || json.flag("rope_interleave", true),
        settings.flag("attention_bias"),
        (float) (stretch * stretch / Math.sqrt(plain + rotated)));
  }

  @Override
  public List<FeedForward> feedForwards(ModelSettings settings) {
    if (settings.flag("mlp_bias")) {
      throw ModelSettings.unsupported("mlp_bias = true", "mlp_bias = false");
    }
    int layers = settings.layers();
    JsonFile json = settings.json();
    boolean experts = json.get("n_routed_experts").isPresent();
    int dense = experts ? json.integer("first_k_dense_replace", 0, 1 << 20).orElse(0) : layers;
    List<FeedForward> feedForwards = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      feedForwards.add(
          layer < dense
              ? new FeedForward.Gated(settings.inner(), false)
              : experts(settings, layers - dense));
    }
    return feedForwards;
  }

  private FeedForward.Experts experts(ModelSettings settings, int layers) {
    JsonFile json = settings.json();
    boolean corrected = scoring == Scoring.SIGMOID_CORRECTED;
    settings.demand(List.of("first_k_dense_replace", "n_shared_experts"));
    if (corrected) {
      settings.demand(List.of("n_group", "topk_group", "norm_topk_prob", "routed_scaling_factor"));
    }
    int every = json.integer("moe_layer_freq", 1, 1 << 10).orElse(1);
    if (every != 1) {
      throw ModelSettings.unsupported("moe_layer_freq = " + every, "1");
    }
    settings.only("scoring_func", Set.of(corrected ? "sigmoid" : "softmax"));
    settings.only(
        "topk_method", corrected ? Set.of("noaux_tc") : Set.of("greedy", "group_limited_greedy"));
    boolean normalised = json.flag("norm_topk_prob", corrected);
    if (normalised && !corrected) {
      throw ModelSettings.unsupported(
          "norm_topk_prob = true", "norm_topk_prob = false for this family");
    }
    int experts = json.required("n_routed_experts", 1, EXPERTS);
    if ((long) experts * layers > ALL_EXPERTS) {
      throw ModelSettings.unsupported(
          experts + " experts in " + layers + " layers", "at most " + ALL_EXPERTS + " together");
    }
    boolean grouped =
        corrected || json.text("topk_method").orElse("greedy").equals("group_limited_greedy");
    int groups = grouped ? json.integer("n_group", 1, experts).orElse(1) : 1;
    int chosenGroups = grouped ? json.integer("topk_group", 1, groups).orElse(groups) : 1;
    int chosen = json.required("num_experts_per_tok", 1, experts);
    if (experts % groups != 0
        || chosen > chosenGroups * (experts / groups)
        || corrected && chosenGroups < groups && experts / groups < 2) {
      throw ModelSettings.broken(
          chosen + " of " + experts + " experts from " + chosenGroups + " of " + groups + " groups",
          "groups of one size, of two or more, that hold as many experts as are chosen");
    }
    int inner = json.required("moe_intermediate_size", 1, 1 << 20);
    int shared = json.integer("n_shared_experts", 0, EXPERTS).orElse(0);
    if ((long) shared * inner > 1 << 20) {
      throw ModelSettings.broken(
          shared + " shared experts of " + inner, "at most " + (1 << 20) + " wide");
    }
    return new FeedForward.Experts(
        inner,
        experts,
        chosen,
        groups,
        chosenGroups,
        scoring,
        normalised,
        (float) settings.positive(json, "routed_scaling_factor", 1),
        shared * inner);
  }
}
