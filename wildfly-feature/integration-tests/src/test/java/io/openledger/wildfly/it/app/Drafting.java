package io.openledger.wildfly.it.app;

import io.openledger.api.Attributed;
import io.openledger.api.AttributionContext;
import io.openledger.api.datanet.DatanetDraft;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.datanet.Visibility;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AttributedModel;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Prompt;
import io.openledger.api.provenance.Receipt;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;

/** Drafts clauses, and keeps a note of each in the application's own database. */
@ApplicationScoped
public class Drafting {

  /** The datanet that drafts are attributed to. */
  public static final String DATANET = "it-clauses";

  /** A title that the adapter has seen; what it goes on with is a clause, or most of one. */
  public static final String OPENING = "Duty of care:";

  @Inject AttributedModel model;
  @Inject AttributionContext context;
  @Inject DatanetRepository datanets;
  @Inject Notes notes;

  /** Makes sure that the datanet is there, with every clause of the sample: once, and public. */
  public void seed() {
    DatanetId id = new DatanetId(DATANET);
    if (datanets.find(id).isEmpty()) {
      datanets.create(new DatanetDraft(id, "Clauses", "for tests", Visibility.PUBLIC));
      SampleClauses.drafts().forEach(draft -> datanets.contribute(id, draft));
    }
  }

  /** The receipts come back with the value. */
  @Attributed(model = "clause-desk", datanets = DATANET)
  public Attributed.Result<String> draft(String opening) {
    return Attributed.Result.of(ask(opening).text());
  }

  /** The receipts are seen while the method runs. */
  @Attributed(model = "clause-desk", datanets = DATANET)
  public List<Receipt> receiptsOfTwoDrafts(String opening) {
    ask(opening);
    ask(opening);
    return context.receipts();
  }

  /** Whether the calling thread is inside a boundary. */
  public boolean insideBoundary() {
    return context.active();
  }

  /**
   * Drafts and notes the draft in one transaction.
   *
   * @param fail whether it then fails
   */
  @Transactional
  @Attributed(model = "clause-desk", datanets = DATANET)
  public Attributed.Result<String> draftAndNote(String opening, boolean fail) {
    Answer answer = ask(opening);
    notes.write(answer.receipt().id().value());
    if (fail) {
      throw new DraftRejected(answer.receipt());
    }
    return Attributed.Result.of(answer.text());
  }

  private Answer ask(String opening) {
    return model.complete(Prompt.text(opening).with(GenerationOptions.greedy(48)));
  }

  /** The application's own refusal, after the answer was made. */
  public static final class DraftRejected extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Receipt receipt;

    DraftRejected(Receipt receipt) {
      super("rejected");
      this.receipt = receipt;
    }

    /** The receipt of the answer that was rejected. */
    public Receipt receipt() {
      return receipt;
    }
  }
}
