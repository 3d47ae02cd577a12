package io.openledger.runtime.model;

import io.openledger.api.attribution.Evidence;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.TokenizedText;
import io.openledger.runtime.Caller;
import io.openledger.runtime.datanet.DatanetService;
import io.openledger.runtime.datanet.Indexes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** Puts a text to the indexes of the datanets that a caller may use. */
public final class Attributor {

  private static final System.Logger LOG = System.getLogger(Attributor.class.getName());

  private static final int MOST_LISTED = 1000;

  private final ModelHost models;
  private final DatanetService datanets;
  private final Indexes indexes;

  public Attributor(ModelHost models, DatanetService datanets, Indexes indexes) {
    this.models = models;
    this.datanets = datanets;
    this.indexes = indexes;
  }

  /**
   * @param named only these datanets; empty: all that the caller has the ATTRIBUTE right to
   */
  TextAttribution attribute(
      Caller caller, Set<DatanetId> named, String text, SpanThresholds thresholds) {
    long begin = System.nanoTime();
    TokenizedText tokens = models.engine().tokenizer().encode(text);
    SortedMap<DatanetId, Long> asked = datanets.attributable(caller, named);
    boolean several = asked.size() > 1;
    Indexes.Trace trace =
        indexes.trace(asked, tokens, several ? listingMore(thresholds) : thresholds);
    List<SpanMatch> spans =
        several ? earliestFirst(trace.spans(), thresholds.listedContributions()) : trace.spans();
    List<Evidence> evidence = new ArrayList<>(spans);
    LOG.log(
        System.Logger.Level.DEBUG,
        "{0} tokens put to {1} datanets: {2} spans in {3} µs",
        tokens.length(),
        trace.snapshots().size(),
        evidence.size(),
        (System.nanoTime() - begin) / 1000);
    return new TextAttribution(
        evidence, trace.snapshots(), tokens.length(), covered(tokens, spans));
  }

  /**
   * Evidence of an answer that is still to be written, over what {@link #attribute} would ask now.
   */
  EvidenceStream stream(Caller caller, Set<DatanetId> named, SpanThresholds thresholds) {
    return indexes.stream(datanets.attributable(caller, named), thresholds);
  }

  // an engine lists by datanet and sequence, for it knows no times; so that the earliest of several
  // datanets is among those listed, it is asked for as many as it may list
  private static SpanThresholds listingMore(SpanThresholds thresholds) {
    return new SpanThresholds(
        thresholds.minimumTokens(), thresholds.minimumMillibits(), MOST_LISTED);
  }

  /** The first contribution owns the credit, so across datanets the earliest comes first. */
  private List<SpanMatch> earliestFirst(List<SpanMatch> spans, int listed) {
    Map<ContributionId, Instant> accepted =
        datanets.acceptedAt(
            spans.stream().flatMap(s -> s.contributions().stream()).distinct().toList());
    Comparator<ContributionId> earliest =
        Comparator.comparing((ContributionId id) -> accepted.getOrDefault(id, Instant.MAX))
            .thenComparing(Comparator.naturalOrder());
    return spans.stream()
        .map(
            s ->
                new SpanMatch(
                    s.start(),
                    s.end(),
                    s.tokens(),
                    s.millibits(),
                    s.creditedMillibits(),
                    s.occurrences(),
                    s.contributionCount(),
                    s.contributions().stream().sorted(earliest).limit(listed).toList()))
        .toList();
  }

  /**
   * How many tokens lie inside a span. One sweep, for a hostile text has a span at every token.
   *
   * @param spans by start
   */
  static int covered(TokenizedText text, List<SpanMatch> spans) {
    int covered = 0;
    int begun = 0;
    int furthest = 0;
    for (int i = 0; i < text.length(); i++) {
      while (begun < spans.size() && spans.get(begun).start() <= text.starts()[i]) {
        furthest = Math.max(furthest, spans.get(begun++).end());
      }
      covered += begun > 0 && text.ends()[i] <= furthest ? 1 : 0;
    }
    return covered;
  }
}
