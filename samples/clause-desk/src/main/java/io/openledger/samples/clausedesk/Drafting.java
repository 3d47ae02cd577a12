package io.openledger.samples.clausedesk;

import io.openledger.api.Attributed;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/**
 * Drafts clauses. The whole use of attributed AI by this application is the method below.
 *
 * <p>The rewards are part of the transaction: if it rolls back, because the reader went away or the
 * application failed after the answer, nobody is charged and nobody is paid.
 */
@ApplicationScoped
public class Drafting {

  @Inject DeskModel desk;

  /**
   * A drafted text.
   *
   * @param answer what the model wrote
   * @param model which model, and why it
   */
  public record Draft(Answer answer, DeskModel.Choice model) {}

  /** Continues a beginning; the receipt comes with the result. */
  @Transactional
  @Attributed(datanets = ClauseDesk.DATANET)
  public Attributed.Result<Draft> draft(DraftRequest request, AnswerListener listener) {
    DeskModel.Choice model = desk.choose();
    Answer answer = desk.open(model).stream(request.prompt(), listener);
    return Attributed.Result.of(new Draft(answer, model));
  }
}
