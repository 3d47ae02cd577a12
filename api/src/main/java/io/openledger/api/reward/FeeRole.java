package io.openledger.api.reward;

/** For what a part of a fee is paid. The order is the one in which remainders are settled. */
public enum FeeRole {
  /** Those whose contributions the evidence names. */
  CONTRIBUTORS,
  /** Who built the adapter. */
  ADAPTER_BUILDER,
  /** Who published the base model. */
  BASE_MODEL_PUBLISHER,
  /** Who runs the server. */
  NODE_OPERATOR,
  /**
   * The protocol's treasury; also receives the contributors' part of an answer without evidence.
   */
  TREASURY,
  /** Those who stake. */
  STAKERS
}
