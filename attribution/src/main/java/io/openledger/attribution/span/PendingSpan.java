package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A span that is evidence, while its tokens are given to those who own them. */
final class PendingSpan {

  /** Lists of contributions, by the first in which they differ; the shorter before the longer. */
  private static final Comparator<SpanCredit> BY_CONTRIBUTIONS =
      (a, b) ->
          Arrays.compare(
              a.earliest().toArray(new ContributionId[0]),
              b.earliest().toArray(new ContributionId[0]));

  private final Stretch span;
  private final long millibits;
  private final Map<List<Long>, Long> parts = new LinkedHashMap<>();
  // neighbours mostly have the same owners
  private long[] running = new long[0];
  private long run;
  private long credited;

  PendingSpan(Stretch span, long millibits) {
    this.span = span;
    this.millibits = millibits;
  }

  /** Which tokens of the text. */
  Stretch span() {
    return span;
  }

  /** The information of all its tokens. */
  long millibits() {
    return millibits;
  }

  /** The information of those tokens that count for it. */
  long credited() {
    return credited;
  }

  /**
   * One of its tokens counts for it.
   *
   * @param owners of each datanet the earliest document, 0 for none
   */
  void credit(long[] owners, long worth) {
    if (worth > 0) {
      if (!Arrays.equals(owners, running)) {
        endRun();
        running = owners;
      }
      run += worth;
      credited += worth;
    }
  }

  private void endRun() {
    if (run > 0) {
      parts.merge(Arrays.stream(running).boxed().toList(), run, Long::sum);
      run = 0;
    }
  }

  /** Who is credited for what, by contribution. */
  List<SpanCredit> credits(List<DatanetId> datanets) {
    endRun();
    List<SpanCredit> credits = new ArrayList<>();
    parts.forEach(
        (owners, worth) -> {
          List<ContributionId> earliest = new ArrayList<>();
          for (int i = 0; i < owners.size(); i++) {
            if (owners.get(i) > 0) {
              earliest.add(new ContributionId(datanets.get(i), owners.get(i)));
            }
          }
          credits.add(new SpanCredit(worth, earliest));
        });
    credits.sort(BY_CONTRIBUTIONS);
    return credits;
  }
}
