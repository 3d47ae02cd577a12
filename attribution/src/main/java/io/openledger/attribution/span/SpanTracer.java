package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.index.SpanView;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rule of {@link io.openledger.api.spi.AttributionEngine#trace(TokenizedText, Map,
 * SpanThresholds)}. Stateless. Beside the look-ups in the index, linear in the text whatever it
 * repeats; a span that repeats the one before it is not looked up again.
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
    long[] millibits = millibits(tokens, candidates, new Information(views.values()));
    long[] before = new long[tokens.length + 1];
    for (int t = 0; t < tokens.length; t++) {
      before[t + 1] = before[t] + millibits[t];
    }
    List<Stretch> spans =
        candidates.stream()
            .filter(s -> before[s.end()] - before[s.start()] >= thresholds.minimumMillibits())
            .toList();
    int[] owners = MaximalSpans.owners(spans, tokens.length);
    long[] credited = new long[spans.size()];
    for (int t = 0; t < tokens.length; t++) {
      if (owners[t] >= 0) {
        credited[owners[t]] += millibits[t];
      }
    }
    SpanSources sources = new SpanSources(views, thresholds);
    List<SpanMatch> matches = new ArrayList<>();
    for (int i = 0; i < spans.size(); i++) {
      Stretch span = spans.get(i);
      long whole = before[span.end()] - before[span.start()];
      Stretch at = new Stretch(text.starts()[span.start()], text.ends()[span.end() - 1]);
      matches.add(sources.match(tokens, span, at, whole, credited[i]));
    }
    return List.copyOf(matches);
  }

  /** What each token that lies in a candidate is worth, each different token asked for once. */
  private static long[] millibits(int[] tokens, List<Stretch> candidates, Information information) {
    long[] millibits = new long[tokens.length];
    Map<Integer, Long> known = new HashMap<>();
    int reached = 0;
    // by start, and rising ends: no token is visited twice
    for (Stretch s : candidates) {
      for (int t = Math.max(reached, s.start()); t < s.end(); t++) {
        millibits[t] = known.computeIfAbsent(tokens[t], information::millibits);
      }
      reached = s.end();
    }
    return millibits;
  }
}
