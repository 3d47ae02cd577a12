package io.openledger.api.model;

import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.provenance.Receipt;
import java.util.List;

/**
 * A model whose every answer says which contributions shaped it, and pays those who made them. For
 * injection, by name with {@link ModelName}; safe for any thread.
 *
 * <p>Every answer makes one {@link Receipt} and one transaction in the ledger. Both join the
 * caller's JTA transaction when there is one, and are committed before the call returns when there
 * is none. Inside an {@link io.openledger.api.Attributed} boundary its datanets, policy and mode
 * apply; outside, the server's defaults do.
 *
 * <p>Errors are {@link io.openledger.api.OpenLedgerException}s: {@link
 * io.openledger.api.ErrorCode#MODEL_UNKNOWN}, {@link
 * io.openledger.api.ErrorCode#MODEL_UNAVAILABLE}, {@link
 * io.openledger.api.ErrorCode#PROMPT_TOO_LONG}, {@link io.openledger.api.ErrorCode#BUSY}, {@link
 * io.openledger.api.ErrorCode#ATTRIBUTION_FAILED}, {@link
 * io.openledger.api.ErrorCode#LEDGER_UNAVAILABLE}, {@link io.openledger.api.ErrorCode#FORBIDDEN}.
 * An answer that could not be recorded is not given.
 */
public interface AttributedModel {

  /** What the model is; of a mix of adapters, the base model that they are added to. */
  ModelInfo info();

  /** Answers when the whole answer is there. */
  Answer complete(Prompt prompt);

  /**
   * Answers while the text arrives. Returns when the answer is complete, attributed and recorded. A
   * cancelled answer is attributed, recorded and charged as far as it got; one that was cancelled
   * before its first token costs nothing. When the call fails after text was heard, that text has
   * no receipt: nothing of it was charged.
   */
  Answer stream(Prompt prompt, AnswerListener listener);

  /**
   * Answers several prompts at once, each with a receipt of its own. All answers are recorded and
   * charged together: when one of them fails, the others are cancelled and nothing is charged. One
   * that finds no room after others were heard is no failure: it is empty, cancelled, and costs
   * nothing.
   *
   * @param prompts 1 to {@value #MAX_TOGETHER}
   * @param listeners one for each prompt. Each is called by one thread at a time, though not always
   *     by the calling thread, and while others are called
   * @return in the order of the prompts
   */
  List<Answer> stream(List<Prompt> prompts, List<? extends AnswerListener> listeners);

  /** How many prompts one call may answer. */
  int MAX_TOGETHER = 64;

  /**
   * Finds what shaped any text, also one that no model of ours made. Makes no receipt and costs
   * nothing.
   *
   * @param text at most 1 000 000 characters
   */
  TextAttribution attribute(String text);
}
