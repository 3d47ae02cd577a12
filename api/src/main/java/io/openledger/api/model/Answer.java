package io.openledger.api.model;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.provenance.Receipt;
import java.util.List;

/**
 * What a model answered, and the receipt of it.
 *
 * @param text the answer, without the prompt
 * @param finishReason why it ended
 * @param usage how many tokens
 * @param receipt what shaped it and who is owed what
 * @param promptScores of the prompt's tokens; empty unless {@link Handling#echo} asked for them
 * @param scores of the answer's tokens; empty where no log-probabilities were asked for
 */
public record Answer(
    String text,
    FinishReason finishReason,
    Usage usage,
    Receipt receipt,
    List<TokenScore> promptScores,
    List<TokenScore> scores) {

  public Answer {
    promptScores = List.copyOf(promptScores);
    scores = List.copyOf(scores);
  }

  /** Without log-probabilities. */
  public Answer(String text, FinishReason finishReason, Usage usage, Receipt receipt) {
    this(text, finishReason, usage, receipt, List.of(), List.of());
  }

  /** The stretches of {@link #text} that stand verbatim in contributions. */
  public List<SpanMatch> spans() {
    return receipt.body().attribution().spans();
  }
}
