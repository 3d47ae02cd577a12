package io.openledger.runtime.model;

import io.openledger.api.attribution.Evidence;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.TokenizedText;
import io.openledger.runtime.Caller;
import io.openledger.runtime.datanet.DatanetService;
import io.openledger.runtime.datanet.Indexes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** Puts a text to the indexes of the datanets that a caller may use. */
public final class Attributor {

  private static final System.Logger LOG = System.getLogger(Attributor.class.getName());

  private final ModelHost models;
  private final DatanetService datanets;
  private final Indexes indexes;

  public Attributor(ModelHost models, DatanetService datanets, Indexes indexes) {
    this.models = models;
    this.datanets = datanets;
    this.indexes = indexes;
  }

  /**
   * All spans are listed, whatever the thresholds say.
   *
   * @param named only these datanets; empty: all that the caller has the ATTRIBUTE right to
   */
  TextAttribution attribute(
      Caller caller, Set<DatanetId> named, String text, SpanThresholds thresholds) {
    long begin = System.nanoTime();
    TokenizedText tokens = models.engine().tokenizer().encode(text);
    SortedMap<DatanetId, Long> asked = datanets.attributable(caller, named);
    Indexes.Trace trace = indexes.trace(asked, text, thresholds);
    List<SpanMatch> spans =
        asked.size() > 1
            ? new EarliestFirst(datanets::acceptedAt, thresholds.listedContributions())
                .of(trace.spans())
            : trace.spans();
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
    SortedMap<DatanetId, Long> asked = datanets.attributable(caller, named);
    EvidenceStream stream = indexes.stream(asked, thresholds);
    return asked.size() > 1
        ? new EarliestFirstStream(
            stream, new EarliestFirst(datanets::acceptedAt, thresholds.listedContributions()))
        : stream;
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
