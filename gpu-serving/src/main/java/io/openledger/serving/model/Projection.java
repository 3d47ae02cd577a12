package io.openledger.serving.model;

/**
 * The kinds of linear map that a decoder layer may have and an adapter may change. Which of them a
 * layer does have, and with which shapes, {@link Attention} and {@link FeedForward} say.
 */
public enum Projection {
  /** Queries. */
  Q("self_attn.q_proj"),
  /** Queries of latent attention: down to their rank. */
  Q_A("self_attn.q_a_proj"),
  /** Queries of latent attention: up from their rank. */
  Q_B("self_attn.q_b_proj"),
  /** Keys. */
  K("self_attn.k_proj"),
  /** Values. */
  V("self_attn.v_proj"),
  /** Keys and values of latent attention: down to their rank, with the rotated key. */
  KV_A("self_attn.kv_a_proj_with_mqa"),
  /** Keys and values of latent attention: up from their rank. */
  KV_B("self_attn.kv_b_proj"),
  /** Output of attention. */
  O("self_attn.o_proj"),
  /** Gate of the feed-forward part. */
  GATE("mlp.gate_proj"),
  /** What is gated. */
  UP("mlp.up_proj"),
  /** Back to the residual stream. */
  DOWN("mlp.down_proj"),
  /** Gate of the shared experts. */
  SHARED_GATE("mlp.shared_experts.gate_proj"),
  /** What is gated in the shared experts. */
  SHARED_UP("mlp.shared_experts.up_proj"),
  /** Back to the residual stream from the shared experts. */
  SHARED_DOWN("mlp.shared_experts.down_proj");

  private final String path;

  Projection(String path) {
    this.path = path;
  }

  /** Its module path within a layer. */
  public String path() {
    return path;
  }
}
