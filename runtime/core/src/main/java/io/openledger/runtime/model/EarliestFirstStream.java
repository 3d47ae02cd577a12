package io.openledger.runtime.model;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.spi.EvidenceStream;
import io.openledger.api.spi.TokenizedText;
import java.util.List;

/** A stream of evidence with its sources in order of acceptance. */
record EarliestFirstStream(EvidenceStream stream, EarliestFirst order) implements EvidenceStream {

  @Override
  public List<SpanMatch> push(int token, int start, int end, boolean continues) {
    return order.of(stream.push(token, start, end, continues));
  }

  @Override
  public List<SpanMatch> begin(TokenizedText plain, TokenizedText behindBlank) {
    return order.of(stream.begin(plain, behindBlank));
  }

  @Override
  public List<SpanMatch> finish() {
    return order.of(stream.finish());
  }

  @Override
  public void close() {
    stream.close();
  }
}
