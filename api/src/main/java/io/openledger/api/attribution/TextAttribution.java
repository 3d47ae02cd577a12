package io.openledger.api.attribution;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.DatanetSnapshot;
import java.util.List;

/**
 * What is known about a text: the evidence, and the state of the datanets that were asked.
 *
 * @param evidence in order of their place in the text
 * @param datanets the datanets that were asked, at the state in which they were asked
 * @param tokens how many tokens the text has
 * @param coveredTokens how many of them lie inside a span match
 */
public record TextAttribution(
    List<Evidence> evidence, List<DatanetSnapshot> datanets, int tokens, int coveredTokens) {

  public TextAttribution {
    evidence = List.copyOf(evidence);
    datanets = List.copyOf(datanets);
    if (coveredTokens < 0 || coveredTokens > tokens) {
      throw OpenLedgerException.invalid("covered tokens", coveredTokens, "0 to " + tokens);
    }
  }

  /** The span matches among the evidence. */
  public List<SpanMatch> spans() {
    return evidence.stream()
        .filter(SpanMatch.class::isInstance)
        .map(SpanMatch.class::cast)
        .toList();
  }
}
