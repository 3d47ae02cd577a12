package io.openledger.attribution.index;

/** Turns the steps of one sort, or of a part of one, into a rising fraction. One thread. */
final class SortMeter {

  /** At most so many entries are induced between two reports. */
  static final int BLOCK = 1 << 20;

  private final SortProgress progress;
  private final double total;
  private double done;

  /**
   * Hears of a sort.
   *
   * @param steps about so many; more are taken for so many
   */
  SortMeter(SortProgress progress, double steps) {
    this.progress = progress;
    this.total = Math.max(1, steps);
  }

  /** So many steps more, or 0 to let whoever hears it throw. */
  void advance(int steps) {
    done += steps;
    progress.advanced(fraction());
  }

  private double fraction() {
    return Math.min(1, done / total);
  }

  /**
   * A part with steps of its own, behind which this meter stands at the given fraction.
   *
   * @param upTo 0 to 1, of this meter
   */
  SortMeter part(double upTo, double steps) {
    double from = fraction();
    double span = Math.max(0, upTo - from);
    done = Math.max(done, upTo * total);
    return new SortMeter(fraction -> progress.advanced(from + span * fraction), steps);
  }

  void finish() {
    progress.advanced(1);
  }
}
