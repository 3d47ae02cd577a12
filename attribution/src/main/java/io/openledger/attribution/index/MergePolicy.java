package io.openledger.attribution.index;

import io.openledger.api.spi.IndexForm;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Which segments are rewritten as one: any segment of which more than half is retracted, and of a
 * size class (each class four times the one below it) that has four segments or more, as many as
 * fit into the largest size, the smallest first. Each token is rewritten about once a class, and
 * more often only while its segment is below 1024 tokens.
 *
 * <p>When nothing is left to merge, each class has at most 3 segments, or no two of its segments
 * fit together, which is so only for more than half of the largest size on average. So n tokens lie
 * in at most 3·classes + 2n/largest segments, where classes = ⌈log₄(largest/1024)⌉ + 1. While
 * merges are under way there may be {@link #SLACK} more: {@link #bound}, which no append exceeds.
 *
 * @param largest merged segments have at most so many tokens, because sorting needs about 25 bytes
 *     of heap a token; larger indexes have more segments
 */
record MergePolicy(long largest) {

  static final int FAN = 4;

  /** How many segments appends may be ahead of the merges. */
  static final int SLACK = 16;

  private static final long SMALLEST = 1024;

  /**
   * The segments to rewrite as one; empty when all is well.
   *
   * @param form that large segments are to have
   */
  List<SegmentView> next(List<SegmentView> segments, IndexForm form) {
    TreeMap<Integer, List<SegmentView>> classes = new TreeMap<>();
    for (SegmentView segment : segments) {
      if (segment.deadTokens() > segment.activeTokens()) {
        return List.of(segment);
      }
      classes
          .computeIfAbsent(sizeClass(segment.activeTokens()), c -> new ArrayList<>())
          .add(segment);
    }
    for (List<SegmentView> members : classes.values()) {
      if (members.size() >= FAN) {
        members.sort(Comparator.comparingLong(SegmentView::activeTokens));
        List<SegmentView> fitting = fitting(members);
        if (fitting.size() > 1) {
          return fitting;
        }
      }
    }
    // last, for it makes no room: what the setting was changed for
    return segments.stream()
        .filter(segment -> segment.shared().segment().form() != form)
        .filter(segment -> segment.activeTokens() >= Commits.FAST_BELOW)
        .limit(1)
        .toList();
  }

  /**
   * What to rewrite so that few segments are left, none has retracted documents and all have the
   * form: disjoint groups, each one new segment. First fit, the largest first: at most 11/9 of the
   * fewest possible (D. S. Johnson, "Near-Optimal Bin Packing Algorithms", 1973), as segments are
   * not split.
   */
  List<List<SegmentView>> all(List<SegmentView> segments, IndexForm form) {
    List<SegmentView> left = new ArrayList<>(segments);
    left.sort(Comparator.comparingLong(SegmentView::activeTokens).reversed());
    List<List<SegmentView>> groups = new ArrayList<>();
    while (!left.isEmpty()) {
      List<SegmentView> group = fitting(left);
      left.removeAll(group);
      SegmentView first = group.get(0);
      if (group.size() > 1
          || first.deadDocuments() > 0
          || first.shared().segment().form() != form) {
        groups.add(group);
      }
    }
    return groups;
  }

  /** In the order given, each that still fits: at least the first. */
  private List<SegmentView> fitting(List<SegmentView> segments) {
    List<SegmentView> fitting = new ArrayList<>();
    long tokens = 0;
    for (SegmentView segment : segments) {
      if (fitting.isEmpty() || tokens + segment.activeTokens() <= largest) {
        fitting.add(segment);
        tokens += segment.activeTokens();
      }
    }
    return fitting;
  }

  /**
   * The most segments that an append may leave.
   *
   * @param tokens of all segments, retracted ones included
   */
  long bound(long tokens) {
    return (FAN - 1) * (sizeClass(largest) + 1L) + 2 * tokens / largest + SLACK;
  }

  private static int sizeClass(long tokens) {
    int sizeClass = 0;
    for (long size = SMALLEST; size < tokens; size *= FAN) {
      sizeClass++;
    }
    return sizeClass;
  }
}
