package io.openledger.attribution.index;

/**
 * Hears how far a sort has come. Called by the sorting thread after at most about 2²⁰ steps; what
 * it throws ends the sort and reaches the caller, which is how a sort is cancelled.
 */
@FunctionalInterface
interface SortProgress {

  /**
   * The sort has come further.
   *
   * @param fraction of the work, 0 to 1, never falling; an estimate from below, 1 at the end
   */
  void advanced(double fraction);
}
