package io.openledger.api.datanet;

/** What a grant allows. The owner of a datanet holds all of them. */
public enum DatanetRight {
  /** See contributions and their text. Public datanets give it to everyone. */
  READ,
  /** Add contributions. */
  CONTRIBUTE,
  /** Retract and flag the contributions of others, and grant rights. */
  CURATE,
  /** Have answers attributed to the contributions. Public datanets give it to everyone. */
  ATTRIBUTE,
  /** Put passages into prompts. Public datanets give it to everyone. */
  RETRIEVE,
  /** Train adapters. */
  TRAIN
}
