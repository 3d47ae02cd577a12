package io.openledger.attribution.index;

import io.openledger.api.spi.SpanQueries;

/**
 * An index as it was at one moment: nothing that is appended, retracted or merged later shows.
 * Holds the files that it reads until it is closed; close it soon. Safe for any thread until then.
 *
 * <p>Tokens outside the vocabulary are allowed in queries and match nothing.
 */
public interface SpanView extends SpanQueries.View {

  /**
   * The sequence of the earliest active document in which {@code tokens[start, end)}, which is not
   * empty, occurs; 0 when none does. Costs a look at each occurrence, and no more.
   */
  long earliest(int[] tokens, int start, int end);

  /**
   * {@link #longestEnding} of a text that comes token by token, at less cost the longer matches
   * are. Begins before the first token.
   */
  MatchCursor cursor();

  /** The tokens of an active document; empty when it is not there. */
  java.util.Optional<int[]> tokens(long sequence);

  /**
   * The same moment, as if some documents were not there; it is closed by itself. See {@link
   * io.openledger.api.spi.SpanIndex#without}.
   *
   * @throws io.openledger.api.OpenLedgerException when tokens are asked about later: {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} where a segment has more than 2²² tokens that
   *     do not count
   */
  SpanView without(long[] sequences);
}
