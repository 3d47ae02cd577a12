package io.openledger.api.datanet;

/** What a contributor permits a contribution to be used for. */
public enum Purpose {
  /** Fine-tuning adapters. */
  TRAIN,
  /** Being found in, and credited for, answers. */
  ATTRIBUTE,
  /** Being put into prompts as a cited passage. */
  RETRIEVE
}
