package io.openledger.attribution.cli;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.spi.TokenizedText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A text against which claims are held, and which of its stretches were shown to be maximal. */
final class ClaimedText {

  private final List<TokenizedText> readings;
  private final Hash256 tokenizer;
  private final Map<String, Boolean> maximal = new TreeMap<>();

  /**
   * Of one text.
   *
   * @param readings the ways in which it may have been cut into tokens
   */
  ClaimedText(List<TokenizedText> readings, Hash256 tokenizer) {
    this.readings = List.copyOf(readings);
    this.tokenizer = tokenizer;
  }

  /** Refuses a claim that is not of this text at the place that it names. */
  void require(ProofFile.Entry entry) {
    SpanClaim claim = entry.claim();
    if (!claim.tokenizer().equals(tokenizer)) {
      throw OpenLedgerException.invalid(
          "the tokenizer's digest", tokenizer, claim.tokenizer() + ", as the claim says");
    }
    for (TokenizedText text : readings) {
      if (found(entry, text)) {
        return;
      }
    }
    throw OpenLedgerException.invalid(
        "the claim", "of tokens that the text does not have there", "the text's own tokens");
  }

  private boolean found(ProofFile.Entry entry, TokenizedText text) {
    SpanClaim claim = entry.claim();
    int length = claim.tokens().size();
    int at = -1;
    for (int from = 0; from + length <= text.length() && at < 0; from++) {
      boolean covers =
          text.starts()[from] <= entry.start() && text.ends()[from + length - 1] >= entry.end();
      at = covers && agrees(claim, text, from) ? from : -1;
    }
    if (at < 0) {
      return false;
    }
    boolean left = claim.previous().isPresent() || at == 0;
    boolean right = claim.next().isPresent() || at + length == text.length();
    String place = "characters " + entry.start() + " to " + entry.end();
    maximal.merge(place, left && right, Boolean::logicalOr);
    return true;
  }

  private static boolean agrees(SpanClaim claim, TokenizedText text, int from) {
    int to = from + claim.tokens().size();
    for (int i = from; i < to; i++) {
      if (text.tokens()[i] != claim.tokens().get(i - from)) {
        return false;
      }
    }
    return (claim.previous().isEmpty()
            || (from > 0 && text.tokens()[from - 1] == claim.previous().getAsInt()))
        && (claim.next().isEmpty()
            || (to < text.length() && text.tokens()[to] == claim.next().getAsInt()));
  }

  /** The stretches of which good proofs were seen, but none of a maximal one. */
  List<String> unproved() {
    return maximal.entrySet().stream().filter(e -> !e.getValue()).map(Map.Entry::getKey).toList();
  }
}
