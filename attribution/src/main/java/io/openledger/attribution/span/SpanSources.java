package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.SpanIndex.Occurrences;
import io.openledger.attribution.index.SpanView;
import io.openledger.attribution.span.MaximalSpans.Stretch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Where spans stand in contributions. Keeps the last answer, because the spans of a text that
 * repeats one word are all alike and comparing is far cheaper than looking up. Not for several
 * threads at once.
 */
final class SpanSources {

  private final SortedMap<DatanetId, SpanView> views;
  private final List<DatanetId> datanets;
  private final SpanThresholds thresholds;

  private int[] last = new int[0];
  private long occurrences;
  private long documents;
  private List<ContributionId> listed = List.of();
  // of each datanet the earliest document, 0 for none
  private long[] first = new long[0];

  /**
   * Over some views.
   *
   * @param views in the order in which contributions are listed
   */
  SpanSources(SortedMap<DatanetId, SpanView> views, SpanThresholds thresholds) {
    this.views = views;
    this.datanets = List.copyOf(views.keySet());
    this.thresholds = thresholds;
  }

  /**
   * The evidence of one span.
   *
   * @param tokens where it stands
   * @param span in those tokens; not empty
   * @param at its characters in the text
   */
  SpanMatch match(int[] tokens, Stretch span, Stretch at, PendingSpan pending) {
    if (!Arrays.equals(tokens, span.start(), span.end(), last, 0, last.length)) {
      locate(tokens, span);
    }
    return new SpanMatch(
        at.start(),
        at.end(),
        span.length(),
        pending.millibits(),
        pending.credited(),
        occurrences,
        documents,
        listed,
        pending.credits(datanets, first));
  }

  private void locate(int[] tokens, Stretch span) {
    // so that what a look-up that failed left behind is never taken for an answer
    last = new int[0];
    occurrences = 0;
    documents = 0;
    listed = new ArrayList<>();
    first = new long[datanets.size()];
    int at = 0;
    for (Map.Entry<DatanetId, SpanView> datanet : views.entrySet()) {
      // of each as many as are listed in the end: who knows when they were accepted finds the
      // earliest of all among them
      Occurrences here =
          datanet
              .getValue()
              .locate(tokens, span.start(), span.end(), thresholds.listedContributions());
      occurrences += here.occurrences();
      documents += here.documentCount();
      for (long sequence : here.documents()) {
        listed.add(new ContributionId(datanet.getKey(), sequence));
      }
      first[at++] = here.documents().length == 0 ? 0 : here.documents()[0];
    }
    last = Arrays.copyOfRange(tokens, span.start(), span.end());
  }
}
