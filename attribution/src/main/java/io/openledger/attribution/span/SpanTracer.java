package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex.Occurrences;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.index.SpanView;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rule of {@link io.openledger.api.spi.AttributionEngine#trace}. Stateless.
 *
 * <p>Where matches overlap, a token counts for the longest match <em>that is reported</em>: matches
 * below the thresholds, and those that lie inside one character of the text, take nothing away.
 */
public final class SpanTracer {

  private SpanTracer() {}

  /** The span evidence of a text, by start. */
  public static List<SpanMatch> trace(
      TokenizedText text, Map<DatanetId, SpanView> datanets, SpanThresholds thresholds) {
    int[] tokens = text.tokens();
    // in order of id, which is the order in which contributions are listed
    TreeMap<DatanetId, SpanView> views = new TreeMap<>(datanets);
    int[] longest = new int[tokens.length];
    for (SpanView view : views.values()) {
      int[] here = view.longestMatches(tokens);
      for (int i = 0; i < longest.length; i++) {
        longest[i] = Math.max(longest[i], here[i]);
      }
    }
    List<Stretch> candidates =
        MaximalSpans.of(longest).stream()
            .filter(s -> s.length() >= thresholds.minimumTokens())
            .filter(s -> text.ends()[s.end() - 1] > text.starts()[s.start()])
            .toList();
    if (candidates.isEmpty()) {
      return List.of();
    }
    Information information = new Information(views.values());
    long[] millibits = new long[tokens.length];
    candidates.forEach(
        s -> {
          for (int t = s.start(); t < s.end(); t++) {
            millibits[t] = millibits[t] > 0 ? millibits[t] : information.millibits(tokens[t]);
          }
        });
    List<Stretch> spans =
        candidates.stream()
            .filter(s -> sum(millibits, s) >= thresholds.minimumMillibits())
            .toList();
    int[] owners = MaximalSpans.owners(spans, tokens.length);
    List<SpanMatch> matches = new ArrayList<>();
    for (int i = 0; i < spans.size(); i++) {
      Stretch span = spans.get(i);
      long credited = 0;
      for (int t = span.start(); t < span.end(); t++) {
        credited += owners[t] == i ? millibits[t] : 0;
      }
      matches.add(match(text, span, sum(millibits, span), credited, views, thresholds));
    }
    return List.copyOf(matches);
  }

  private static long sum(long[] millibits, Stretch span) {
    long sum = 0;
    for (int t = span.start(); t < span.end(); t++) {
      sum += millibits[t];
    }
    return sum;
  }

  private static SpanMatch match(
      TokenizedText text,
      Stretch span,
      long millibits,
      long credited,
      TreeMap<DatanetId, SpanView> views,
      SpanThresholds thresholds) {
    long occurrences = 0;
    long documents = 0;
    List<ContributionId> listed = new ArrayList<>();
    for (Map.Entry<DatanetId, SpanView> datanet : views.entrySet()) {
      int room = thresholds.listedContributions() - listed.size();
      Occurrences here = datanet.getValue().locate(text.tokens(), span.start(), span.end(), room);
      occurrences += here.occurrences();
      documents += here.documentCount();
      for (long sequence : here.documents()) {
        listed.add(new ContributionId(datanet.getKey(), sequence));
      }
    }
    return new SpanMatch(
        text.starts()[span.start()],
        text.ends()[span.end() - 1],
        span.length(),
        millibits,
        credited,
        occurrences,
        documents,
        listed);
  }
}
