package io.openledger.api.spi;

import io.openledger.api.attribution.SpanMatch;
import java.util.List;

/**
 * Span evidence of a text while it is being written. Sees the datanets as they were when it was
 * opened; holds their files until it is closed. Not for several threads at once.
 */
public interface EvidenceStream extends AutoCloseable {

  /**
   * The next token. Its offsets are final: where a character is made of several tokens, the caller
   * holds them back until the character is whole and then pushes each with the whole character, as
   * {@link TokenizedText} has them.
   *
   * @param token its id; one outside the vocabulary matches nothing
   * @param start its first character in the text (UTF-16 code units, inclusive), never falling
   * @param end after its last character (exclusive), not before {@code start}
   * @return the spans that became certain: nothing that is pushed later changes them or what they
   *     are credited; all calls together give them by start, each once
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for offsets that fall
   * @throws IllegalStateException when finished or closed
   */
  List<SpanMatch> push(int token, int start, int end);

  /**
   * The text is complete. Calling it again gives the same.
   *
   * @return all spans, those that were certain before too, by start: equal to {@link
   *     AttributionEngine#trace} of the whole text
   * @throws IllegalStateException when closed
   */
  List<SpanMatch> finish();

  /** Lets the datanets go. Idempotent. */
  @Override
  void close();
}
