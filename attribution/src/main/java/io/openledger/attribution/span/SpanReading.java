package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.attribution.index.MatchCursor;
import io.openledger.attribution.index.SpanView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One way to read a text that is being written: asks the index about each token. One {@link
 * MatchCursor} for each datanet. Not for several threads at once.
 */
final class SpanReading {

  private final List<MatchCursor> cursors;
  private final SpanAssembly assembly;
  private final Information information;
  private final Map<Integer, Long> known = new HashMap<>();
  private final List<SpanMatch> waiting = new ArrayList<>();
  private int pushed;
  private int reach;

  SpanReading(TreeMap<DatanetId, SpanView> views, SpanThresholds thresholds) {
    this.cursors = views.values().stream().map(SpanView::cursor).toList();
    this.assembly = new SpanAssembly(views, thresholds);
    this.information = new Information(views.values());
  }

  void push(int token, int start, int end, boolean continues) {
    assembly.append(
        token, start, end, continues, known.computeIfAbsent(token, information::millibits));
    pushed++;
    int longest = 0;
    for (MatchCursor cursor : cursors) {
      longest = Math.max(longest, cursor.push(token));
    }
    waiting.addAll(assembly.advance(longest));
    if (longest == pushed) {
      reach = end;
    }
  }

  /** The spans that became certain since this was asked last. */
  List<SpanMatch> certain() {
    List<SpanMatch> now = List.copyOf(waiting);
    waiting.clear();
    return now;
  }

  /** Behind which character the longest match from the beginning ends, as far as is known. */
  int reach() {
    return reach;
  }

  /** Whether the longest match from the beginning may go on. */
  boolean reaching() {
    return assembly.begin() == 0;
  }

  List<SpanMatch> finish() {
    return assembly.finish();
  }
}
