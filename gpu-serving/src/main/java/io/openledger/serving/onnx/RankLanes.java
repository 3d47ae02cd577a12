package io.openledger.serving.onnx;

/**
 * The widths of lanes: 16, 32, 64, … up to the largest rank. An adapter's lane follows from its own
 * rank alone, so that it is multiplied in the same shape whatever else is in the batch; less than
 * half of a lane is padding, but in the narrowest.
 */
final class RankLanes {

  private static final int NARROWEST = 16;

  private RankLanes() {}

  /** How many lanes serve every rank up to the largest. */
  static int count(int maxRank) {
    return of(maxRank) + 1;
  }

  /** The lane of a rank from 1 on. */
  static int of(int rank) {
    int lane = 0;
    while (width(lane) < rank) {
      lane++;
    }
    return lane;
  }

  /** Ranks of a lane. */
  static int width(int lane) {
    return NARROWEST << lane;
  }
}
