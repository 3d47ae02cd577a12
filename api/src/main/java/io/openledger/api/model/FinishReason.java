package io.openledger.api.model;

/** Why an answer ended. */
public enum FinishReason {
  /** The model ended it, or a stop text was reached. */
  STOP,
  /** The most tokens that were allowed, or that the context has room for. */
  LENGTH,
  /** The caller went away. */
  CANCELLED
}
