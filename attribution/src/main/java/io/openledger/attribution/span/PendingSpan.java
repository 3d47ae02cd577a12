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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private long @Nullable [] first;

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

  /**
   * Of each datanet the earliest document that holds it.
   *
   * @param lookUp finds it; asked once
   */
  long[] first(Function<Stretch, long[]> lookUp) {
    long[] known = first;
    if (known == null) {
      known = lookUp.apply(span);
      first = known;
    }
    return known;
  }

  /** The information of those tokens that count for it. */
  long credited() {
    return credited;
  }

  /**
   * One of its tokens counts for it.
   *
   * @param owners of each datanet the earliest document that owns it, 0 for none
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

  /**
   * Who is credited for what, by contribution.
   *
   * @param first of each datanet the earliest document that holds the span, 0 for none: it owns the
   *     tokens that nobody owns by more
   */
  List<SpanCredit> credits(List<DatanetId> datanets, long[] first) {
    endRun();
    Map<List<ContributionId>, Long> together = new LinkedHashMap<>();
    parts.forEach(
        (owners, worth) -> {
          List<ContributionId> earliest = named(owners, datanets);
          together.merge(
              earliest.isEmpty()
                  ? named(Arrays.stream(first).boxed().toList(), datanets)
                  : earliest,
              worth,
              Long::sum);
        });
    return together.entrySet().stream()
        .map(part -> new SpanCredit(part.getValue(), part.getKey()))
        .sorted(BY_CONTRIBUTIONS)
        .toList();
  }

  private static List<ContributionId> named(List<Long> documents, List<DatanetId> datanets) {
    List<ContributionId> named = new ArrayList<>();
    for (int i = 0; i < documents.size(); i++) {
      if (documents.get(i) > 0) {
        named.add(new ContributionId(datanets.get(i), documents.get(i)));
      }
    }
    return named;
  }
}
