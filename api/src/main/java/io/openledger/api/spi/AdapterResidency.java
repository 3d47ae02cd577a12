package io.openledger.api.spi;

import io.openledger.api.model.ModelInfo;

/**
 * Where an adapter's weights are: what a router wants to know.
 *
 * @param model the adapter
 * @param version counts replacements under its name, from 1
 * @param access who may ask it
 * @param tier the nearest place that has its weights
 * @param pinned whether it stays there
 * @param running sequences that run on this version
 * @param rank the largest of its changes
 * @param bytes of its weights in the nearest tier
 */
public record AdapterResidency(
    ModelInfo model,
    long version,
    AdapterAccess access,
    Tier tier,
    boolean pinned,
    int running,
    int rank,
    long bytes) {

  /** A place for weights, the farthest first. */
  public enum Tier {
    /** In its folder. */
    DISK,
    /** In host memory, ready to be copied. */
    HOST,
    /** In a slot, ready to be used. */
    SLOT
  }
}
