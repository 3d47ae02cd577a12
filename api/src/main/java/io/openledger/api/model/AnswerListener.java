package io.openledger.api.model;

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
   * More text. Whole characters only: a character made of several tokens arrives when it is
   * complete.
   *
   * @param delta not empty
   */
  void onText(String delta);

  /** Asked before each token: true ends the answer within one step. */
  default boolean cancelled() {
    return false;
  }
}
