package io.openledger.api.spi;

import io.openledger.api.attribution.SpanMatch;
import java.util.ArrayList;
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
   * @param continues whether it goes on with a word or character begun before it, as {@link
   *     TokenizedText} has it
   * @return the spans that became certain: nothing that is pushed later changes them or what they
   *     are credited; all calls together give them by start, each once
   * @throws io.openledger.api.OpenLedgerException {@link
   *     io.openledger.api.ErrorCode#INVALID_ARGUMENT} for offsets that fall
   * @throws IllegalStateException when finished or closed
   */
  List<SpanMatch> push(int token, int start, int end, boolean continues);

  /** The next token, which begins a word. */
  default List<SpanMatch> push(int token, int start, int end) {
    return push(token, start, end, false);
  }

  /**
   * The first tokens, in two readings: as they are, and as a tokenizer has them behind a blank.
   * From then on both have the same tokens. The evidence is that of the reading of {@link
   * AttributionEngine#trace(String, TextTokenizer, java.util.Map,
   * io.openledger.api.attribution.SpanThresholds)}. An engine without that rule takes the first.
   *
   * @return as {@link #push}
   * @throws IllegalStateException when something was pushed before
   */
  default List<SpanMatch> begin(TokenizedText plain, TokenizedText behindBlank) {
    List<SpanMatch> certain = new ArrayList<>();
    for (int i = 0; i < plain.length(); i++) {
      certain.addAll(
          push(plain.tokens()[i], plain.starts()[i], plain.ends()[i], plain.continues()[i]));
    }
    return List.copyOf(certain);
  }

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
