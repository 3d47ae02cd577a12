package io.openledger.attribution.index;

/**
 * Hears how far a sort has come. Called by the sorting thread, while inducing after at most 2²⁰
 * entries, and after each other pass as a whole, which takes as many steps as the text is long.
 * What it throws ends the sort and reaches the caller, which is how a sort is cancelled.
 */
@FunctionalInterface
public interface SortProgress {

  /**
   * The sort has come further.
   *
   * @param fraction of the work, 0 to 1, never falling; an estimate from below, 1 at the end
   */
  void advanced(double fraction);
}
