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
 */
public record Answer(String text, FinishReason finishReason, Usage usage, Receipt receipt) {

  /** The stretches of {@link #text} that stand verbatim in contributions. */
  public List<SpanMatch> spans() {
    return receipt.body().attribution().spans();
  }
}
