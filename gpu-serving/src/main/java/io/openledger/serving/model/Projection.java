package io.openledger.serving.model;

/** The linear maps of one decoder layer; adapters may change any subset of them. */
public enum Projection {
  /** Queries. */
  Q("self_attn.q_proj"),
  /** Keys. */
  K("self_attn.k_proj"),
  /** Values. */
  V("self_attn.v_proj"),
  /** Output of attention. */
  O("self_attn.o_proj"),
  /** Gate of the feed-forward part. */
  GATE("mlp.gate_proj"),
  /** What is gated. */
  UP("mlp.up_proj"),
  /** Back to the residual stream. */
  DOWN("mlp.down_proj");

  private final String path;

  Projection(String path) {
    this.path = path;
  }

  /** Its module path within a layer. */
  public String path() {
    return path;
  }
}
