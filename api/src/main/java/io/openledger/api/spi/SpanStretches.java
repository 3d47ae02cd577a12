package io.openledger.api.spi;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.ContributionId;
import java.util.List;

/** From a span's characters back to the tokens that it is proved of. Stateless. */
public final class SpanStretches {

  private SpanStretches() {}

  /**
   * Proves a span of a text.
   *
   * <p>A span is reported in characters. Its tokens are those that touch them; where characters are
   * made of several tokens each, these may be some more than the span has, and then the first run
   * of as many as it has is taken that the contribution has.
   *
   * @param text the whole text in the tokens that are committed to
   * @param contribution that is to have the span
   * @throws OpenLedgerException as {@link CommittedCorpus#prove}
   */
  public static List<CommittedCorpus.Proof> prove(
      CommittedCorpus corpus, TokenizedText text, SpanMatch span, ContributionId contribution) {
    int from = 0;
    while (from < text.length() && text.ends()[from] <= span.start()) {
      from++;
    }
    int to = from;
    while (to < text.length() && text.starts()[to] < span.end()) {
      to++;
    }
    int length = Math.min(span.tokens(), to - from);
    if (length == 0) {
      throw OpenLedgerException.invalid(
          "the span", span.start() + " to " + span.end(), "characters that the text has");
    }
    for (; from + length < to; from++) {
      try {
        return corpus.prove(text.tokens(), from, from + length, contribution);
      } catch (OpenLedgerException e) {
        // not these: a character at the edge has tokens that do not belong to the span
        continue;
      }
    }
    return corpus.prove(text.tokens(), from, from + length, contribution);
  }
}
