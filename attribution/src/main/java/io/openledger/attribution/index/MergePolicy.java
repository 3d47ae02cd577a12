package io.openledger.attribution.index;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Which segments are rewritten as one: the segments of a size class as soon as there are four of
 * them (each class four times the one below it), and any segment of which more than half is
 * retracted. So an index of n tokens has at most 3·(log₄(n/1024) + 2) segments, and each token is
 * rewritten at most once a class, and more often only while its segment is below 1024 tokens.
 *
 * @param largest merged segments have at most so many tokens, because sorting needs about 25 bytes
 *     of heap a token; larger indexes have more segments
 */
record MergePolicy(long largest) {

  static final int FAN = 4;

  private static final long SMALLEST = 1024;

  /** The segments to rewrite as one; empty when all is well. */
  List<SegmentView> next(List<SegmentView> segments) {
    TreeMap<Integer, List<SegmentView>> classes = new TreeMap<>();
    for (SegmentView segment : segments) {
      if (segment.deadTokens() > segment.activeTokens()) {
        return List.of(segment);
      }
      classes.computeIfAbsent(sizeClass(segment), c -> new ArrayList<>()).add(segment);
    }
    for (List<SegmentView> members : classes.values()) {
      if (members.size() >= FAN
          && members.stream().mapToLong(SegmentView::activeTokens).sum() <= largest) {
        return members;
      }
    }
    return List.of();
  }

  private static int sizeClass(SegmentView segment) {
    int sizeClass = 0;
    for (long size = SMALLEST; size < segment.activeTokens(); size *= FAN) {
      sizeClass++;
    }
    return sizeClass;
  }
}
