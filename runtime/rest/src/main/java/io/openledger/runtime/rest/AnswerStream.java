package io.openledger.runtime.rest;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.Usage;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Writes an answer as server-sent events while it is generated.
 *
 * <p>Nothing is written before the first text, so that what is refused until then is still answered
 * with its status. A client that went away shows when a write fails; the answer is then cancelled
 * at the next token, and is charged as far as it got. One thread.
 */
final class AnswerStream implements AnswerListener {

  private final AnswerForm form;
  private final String id;
  private final long created;
  private final String model;
  private final boolean includeUsage;
  private final OutputStream out;
  private boolean begun;
  private boolean gone;

  /**
   * @param id of the answer, the same in every event
   * @param created seconds since 1970
   */
  AnswerStream(
      AnswerForm form,
      String id,
      long created,
      String model,
      boolean includeUsage,
      OutputStream out) {
    this.form = form;
    this.id = id;
    this.created = created;
    this.model = model;
    this.includeUsage = includeUsage;
    this.out = out;
  }

  @Override
  public void onText(String delta) {
    part(Optional.of(delta), Optional.empty(), Json.object());
  }

  @Override
  public boolean followsEvidence() {
    return true;
  }

  @Override
  public void onEvidence(List<SpanMatch> spans) {
    // a choice with an empty delta, as at the end: clients that know nothing of evidence pass it
    // over
    part(
        Optional.empty(),
        Optional.empty(),
        Json.object().add("evidence", Json.array(spans, AttributionJson::of)));
  }

  @Override
  public boolean cancelled() {
    return gone;
  }

  /** Whether anything was written. */
  boolean begun() {
    return begun;
  }

  /** The end: why it ended, what shaped it, and how many tokens it took. */
  void end(Answer answer, DatanetRepository datanets) {
    if (gone) {
      return;
    }
    part(
        Optional.empty(),
        Optional.of(answer.finishReason()),
        Json.object().add("attribution", AnswerJson.attribution(answer.receipt(), datanets)));
    if (includeUsage) {
      Usage usage = answer.usage();
      event(
          chunk()
              .add("choices", JsonValue.EMPTY_JSON_ARRAY)
              .add("usage", AnswerJson.usage(usage))
              .build()
              .toString());
    }
    event("[DONE]");
  }

  /** The end of an answer that failed after it had begun. */
  void fail(Problem problem) {
    event(problem.openAi().toString());
  }

  private void part(Optional<String> text, Optional<FinishReason> finish, JsonObjectBuilder more) {
    JsonObjectBuilder choice = AnswerForm.choice(form.part(text, !begun), finish);
    event(
        chunk()
            .add("choices", Json.array(List.of(choice), c -> c))
            .addAll(more)
            .build()
            .toString());
  }

  private JsonObjectBuilder chunk() {
    return Json.object()
        .add("id", id)
        .add("object", form.chunk())
        .add("created", created)
        .add("model", model);
  }

  // JSON has no line ends of its own here, so one data line holds it
  private void event(String data) {
    if (gone) {
      return;
    }
    begun = true;
    try {
      out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      gone = true;
    }
  }
}
