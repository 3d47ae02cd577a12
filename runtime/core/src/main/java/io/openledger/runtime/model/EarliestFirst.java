package io.openledger.runtime.model;

import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Puts the sources of spans of several datanets in order of acceptance, which an engine does not
 * know. It has listed of each datanet as many as are listed in the end, and named the earliest of
 * each as credited, so what comes out is exact. Asks once for all spans that it is given and keeps
 * the answers. One thread.
 */
final class EarliestFirst {

  private final Function<Collection<ContributionId>, Map<ContributionId, Instant>> acceptedAt;
  private final int listed;
  private final Map<ContributionId, Instant> known = new HashMap<>();

  /**
   * @param acceptedAt when contributions were accepted; one that it leaves out is the latest
   * @param listed how many contributions of a span are listed
   */
  EarliestFirst(
      Function<Collection<ContributionId>, Map<ContributionId, Instant>> acceptedAt, int listed) {
    this.acceptedAt = acceptedAt;
    this.listed = listed;
  }

  /** The same spans with their sources in order: ties go to the smaller id. */
  List<SpanMatch> of(List<SpanMatch> spans) {
    Set<ContributionId> unknown = new HashSet<>();
    for (SpanMatch span : spans) {
      Stream.concat(
              span.contributions().stream(),
              span.credits().stream().flatMap(credit -> credit.earliest().stream()))
          .filter(id -> !known.containsKey(id))
          .forEach(unknown::add);
    }
    if (!unknown.isEmpty()) {
      Map<ContributionId, Instant> found = acceptedAt.apply(unknown);
      unknown.forEach(id -> known.put(id, found.getOrDefault(id, Instant.MAX)));
    }
    return spans.stream().map(this::of).toList();
  }

  private SpanMatch of(SpanMatch span) {
    Comparator<ContributionId> earliest =
        Comparator.<ContributionId, Instant>comparing(id -> known.getOrDefault(id, Instant.MAX))
            .thenComparing(Comparator.naturalOrder());
    TreeMap<ContributionId, Long> credits = new TreeMap<>();
    for (SpanCredit credit : span.credits()) {
      credits.merge(
          credit.earliest().stream().min(earliest).orElseThrow(), credit.millibits(), Long::sum);
    }
    return span.withSources(
        span.contributions().stream().sorted(earliest).limit(listed).toList(),
        credits.entrySet().stream().map(e -> new SpanCredit(e.getKey(), e.getValue())).toList());
  }
}
