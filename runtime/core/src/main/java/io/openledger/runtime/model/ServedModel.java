package io.openledger.runtime.model;

import io.openledger.api.attribution.TextAttribution;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.ModelInfo;
import io.openledger.api.model.Prompt;
import io.openledger.runtime.Caller;
import java.util.List;

/**
 * One model as one caller has it; looked up at each call.
 *
 * @param service the way of an answer
 * @param caller who asks
 * @param asked which model, or which adapters together
 */
public record ServedModel(AnswerService service, Caller caller, Asked asked)
    implements AttributedModel {

  @Override
  public ModelInfo info() {
    return service.answering(caller, asked).model();
  }

  @Override
  public Answer complete(Prompt prompt) {
    return stream(prompt, AnswerListener.SILENT);
  }

  @Override
  public Answer stream(Prompt prompt, AnswerListener listener) {
    return service.answer(caller, asked, List.of(prompt), List.of(listener)).get(0);
  }

  @Override
  public List<Answer> stream(List<Prompt> prompts, List<? extends AnswerListener> listeners) {
    return service.answer(caller, asked, prompts, listeners);
  }

  @Override
  public TextAttribution attribute(String text) {
    return service.attribute(caller, text);
  }
}
