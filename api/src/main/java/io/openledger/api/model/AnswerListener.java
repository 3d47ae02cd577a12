package io.openledger.api.model;

import io.openledger.api.attribution.SpanMatch;
import java.util.List;

/**
 * Follows an answer while it is generated. Called on the calling thread, one call at a time, in
 * order.
 *
 * <p>An exception thrown from it cancels the answer; nothing is charged and the exception reaches
 * the caller.
 */
@FunctionalInterface
public interface AnswerListener {

  /**
   * Hears nothing: for answers that are taken as a whole. Where nobody heard any text, an answer
   * that meets its deadline is refused and costs nothing.
   */
  AnswerListener SILENT = delta -> {};

  /**
   * More text. Whole characters only: a character made of several tokens arrives when it is
   * complete.
   *
   * @param delta not empty
   */
  void onText(String delta);

  /**
   * A token of the answer with its log-probability, where they were asked for; before the text that
   * it is part of.
   */
  default void onScore(TokenScore score) {}

  /** Whether {@link #onEvidence} is to be called. Asked once, before the answer begins. */
  default boolean followsEvidence() {
    return false;
  }

  /**
   * Spans of the text so far that no later text changes. Each span comes once, by start, as soon as
   * it is certain, which is at the earliest when text that does not belong to it has arrived.
   *
   * <p>A preview: the receipt decides. It differs from what was shown here only where datanets
   * changed meanwhile, where the policy has the receipt list fewer spans than there are, or where
   * the whole text is cut into tokens otherwise than its parts. When attribution fails, no more
   * spans come; the answer goes on.
   *
   * @param spans not empty; offsets are into the text so far, in UTF-16 code units
   */
  default void onEvidence(List<SpanMatch> spans) {}

  /** Asked before each token: true ends the answer within one step. */
  default boolean cancelled() {
    return false;
  }
}
