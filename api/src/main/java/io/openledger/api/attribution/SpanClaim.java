package io.openledger.api.attribution;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.datanet.ContributionId;
import java.util.List;
import java.util.OptionalInt;

/**
 * What can be proved of a stretch of an answer: a contribution has these tokens at this offset
 * (occurrence), and no contribution has them with the answer's token before them in front, nor with
 * the answer's token behind them at the end (maximality).
 *
 * @param tokenizer digest of the tokenizer that made the tokens
 * @param contribution that has them
 * @param offset of their first token among the contribution's, from 0
 * @param tokens 1 to {@value #MOST_TOKENS}, each 0 or more
 * @param previous the answer's token before them; none where the answer begins with them, and then
 *     nothing is claimed to their left
 * @param next the answer's token behind them; none where the answer ends with them, and then
 *     nothing is claimed to their right
 */
public record SpanClaim(
    Hash256 tokenizer,
    ContributionId contribution,
    int offset,
    List<Integer> tokens,
    OptionalInt previous,
    OptionalInt next) {

  /** The longest span that a proof can be of. */
  public static final int MOST_TOKENS = 4096;

  public SpanClaim {
    tokens = List.copyOf(tokens);
    if (tokens.isEmpty() || tokens.size() > MOST_TOKENS) {
      throw OpenLedgerException.invalid(
          "the span", tokens.size() + " tokens", "1 to " + MOST_TOKENS);
    }
    if (offset < 0) {
      throw OpenLedgerException.invalid("the offset", offset, "0 or more");
    }
    for (int token : tokens) {
      requireToken(token);
    }
    previous.ifPresent(SpanClaim::requireToken);
    next.ifPresent(SpanClaim::requireToken);
  }

  private static void requireToken(int token) {
    if (token < 0) {
      throw OpenLedgerException.invalid("a token", token, "0 or more");
    }
  }
}
