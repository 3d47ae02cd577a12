package io.openledger.attribution.span;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.index.SpanView;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@link SpanTracer}, and {@link OutsideText}, while the text is being written. A text that was
 * begun in two readings is followed in both until one is seen to reach further, most often for a
 * few words; nothing is reported before. Not for several threads at once.
 */
public final class SpanStream implements EvidenceStream {

  private final TreeMap<DatanetId, SpanView> views;
  private final SpanThresholds thresholds;
  private SpanReading reading;
  private @Nullable SpanReading other;
  private @Nullable List<SpanMatch> all;
  private boolean begun;
  private boolean closed;

  /**
   * Over views that the stream closes when it is closed.
   *
   * @param datanets what is asked, as it is now
   */
  public SpanStream(Map<DatanetId, SpanView> datanets, SpanThresholds thresholds) {
    this.views = new TreeMap<>(datanets);
    this.thresholds = thresholds;
    this.reading = new SpanReading(views, thresholds);
  }

  @Override
  public List<SpanMatch> begin(TokenizedText plain, TokenizedText behindBlank) {
    requireGoingOn();
    if (begun) {
      throw new IllegalStateException("this stream of evidence has begun already");
    }
    begun = true;
    SpanReading second = new SpanReading(views, thresholds);
    push(reading, plain);
    push(second, behindBlank);
    other = second;
    return certain();
  }

  private static void push(SpanReading reading, TokenizedText text) {
    for (int i = 0; i < text.length(); i++) {
      reading.push(text.tokens()[i], text.starts()[i], text.ends()[i], text.continues()[i]);
    }
  }

  @Override
  public List<SpanMatch> push(int token, int start, int end, boolean continues) {
    requireGoingOn();
    begun = true;
    reading.push(token, start, end, continues);
    SpanReading second = other;
    if (second != null) {
      second.push(token, start, end, continues);
    }
    return certain();
  }

  private List<SpanMatch> certain() {
    SpanReading second = other;
    if (second != null) {
      // one that cannot reach further any more has lost to one that does already
      boolean first = !second.reaching() && reading.reach() >= second.reach();
      boolean later = !reading.reaching() && second.reach() > reading.reach();
      if (!first && !later) {
        return List.of();
      }
      reading = later ? second : reading;
      other = null;
    }
    return reading.certain();
  }

  @Override
  public List<SpanMatch> finish() {
    requireOpen();
    List<SpanMatch> found = all;
    if (found == null) {
      // where no reading was chosen, the plain one reaches to the end of the text
      other = null;
      found = reading.finish();
      all = found;
    }
    return found;
  }

  private void requireGoingOn() {
    requireOpen();
    if (all != null) {
      throw new IllegalStateException("this stream of evidence is finished");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this stream of evidence is closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      views.values().forEach(SpanView::close);
    }
  }
}
