package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.index.SpanView;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rule of {@link io.openledger.api.spi.AttributionEngine#trace(TokenizedText, Map,
 * SpanThresholds)}. Stateless. Beside the look-ups in the index, linear in the text whatever it
 * repeats; a span that repeats the one before it is not looked up again. What decides anything is
 * in {@link SpanAssembly}.
 */
public final class SpanTracer {

  private SpanTracer() {}

  /** The span evidence of a text, by start. */
  public static List<SpanMatch> trace(
      TokenizedText text, Map<DatanetId, SpanView> datanets, SpanThresholds thresholds) {
    // in order of id, which is the order in which contributions are listed
    TreeMap<DatanetId, SpanView> views = new TreeMap<>(datanets);
    int[] tokens = text.tokens();
    int[] longest = longest(tokens, views.values());
    SpanAssembly assembly = new SpanAssembly(views, thresholds);
    Information information = new Information(views.values());
    Map<Integer, Long> known = new HashMap<>();
    int begin = 0;
    int candidate = 0;
    for (int t = 0; t < tokens.length; t++) {
      // most tokens of most texts lie in no match that could be evidence: what those are worth is
      // never asked
      if (longest[t] >= thresholds.minimumTokens()) {
        candidate = t + longest[t];
      }
      long worth = t < candidate ? known.computeIfAbsent(tokens[t], information::millibits) : 0;
      assembly.append(tokens[t], text.starts()[t], text.ends()[t], text.continues()[t], worth);
      // the first position whose longest match reaches behind this token
      while (begin <= t && begin + longest[begin] <= t) {
        begin++;
      }
      assembly.advance(t + 1 - begin);
    }
    return assembly.finish();
  }

  private static int[] longest(int[] tokens, Collection<SpanView> views) {
    int[] longest = new int[tokens.length];
    for (SpanView view : views) {
      int[] here = view.longestMatches(tokens);
      for (int i = 0; i < longest.length; i++) {
        longest[i] = Math.max(longest[i], here[i]);
      }
    }
    return longest;
  }
}
