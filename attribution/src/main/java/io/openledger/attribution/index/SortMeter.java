package io.openledger.attribution.index;

/** Turns the steps of one sort into a rising fraction. One thread. */
final class SortMeter {

  /** At most so many entries are induced between two reports. */
  static final int BLOCK = 1 << 20;

  // a level takes at most nine passes over its text, and levels at least halve
  private static final double PASSES = 18;

  private final SortProgress progress;
  private final double total;
  private long done;

  SortMeter(SortProgress progress, int length) {
    this.progress = progress;
    this.total = Math.max(1, PASSES * length);
  }

  void advance(int steps) {
    done += steps;
    progress.advanced(Math.min(1, done / total));
  }

  void finish() {
    progress.advanced(1);
  }
}
