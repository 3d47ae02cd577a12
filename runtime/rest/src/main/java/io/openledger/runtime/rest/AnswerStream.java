package io.openledger.runtime.rest;

import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.TokenScore;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Writes answers as server-sent events while they are generated, each event about one of them.
 *
 * <p>Nothing is written before the first text, so that what is refused until then is still answered
 * with its status. A client that went away shows when a write fails; the answers are then cancelled
 * at the next token, and are charged as far as they got. Safe for the threads that generate.
 */
final class AnswerStream {

  private final AnswerForm form;
  private final String id;
  private final long created;
  private final String model;
  private final GenerationRequest request;
  private final OutputStream out;
  private final List<Choice> choices;
  private boolean begun;
  private volatile boolean gone;

  /**
   * @param id of the answer, the same in every event
   * @param created seconds since 1970
   */
  AnswerStream(
      AnswerForm form,
      String id,
      long created,
      String model,
      GenerationRequest request,
      OutputStream out) {
    this.form = form;
    this.id = id;
    this.created = created;
    this.model = model;
    this.request = request;
    this.out = out;
    this.choices = IntStream.range(0, request.prompts().size()).mapToObj(Choice::new).toList();
  }

  /** One for each answer. */
  List<? extends AnswerListener> listeners() {
    return choices;
  }

  /** One of the answers; guarded by the stream. */
  private final class Choice implements AnswerListener {
    private final int index;
    private final List<TokenScore> scores = new ArrayList<>();
    // the text is not known yet: every token is taken to stand in it
    private final ScoreJson scored = new ScoreJson("", false);
    private boolean said;

    Choice(int index) {
      this.index = index;
    }

    @Override
    public void onText(String delta) {
      synchronized (AnswerStream.this) {
        part(Optional.of(delta), Optional.empty(), Json.object());
      }
    }

    @Override
    public void onScore(TokenScore score) {
      synchronized (AnswerStream.this) {
        scores.add(score);
      }
    }

    @Override
    public boolean followsEvidence() {
      return true;
    }

    @Override
    public void onEvidence(List<SpanMatch> spans) {
      synchronized (AnswerStream.this) {
        // a choice with an empty delta, as at the end: clients that know nothing of evidence pass
        // it over
        part(
            Optional.empty(),
            Optional.empty(),
            Json.object().add("evidence", Json.array(spans, AttributionJson::of)));
      }
    }

    @Override
    public boolean cancelled() {
      return gone;
    }

    private void part(
        Optional<String> text, Optional<FinishReason> finish, JsonObjectBuilder more) {
      String echoed = said ? "" : request.echoed(index);
      Optional<String> shown = echoed.isEmpty() ? text : Optional.of(echoed + text.orElse(""));
      JsonValue logprobs = scores.isEmpty() ? JsonValue.NULL : form.scores(scored, scores);
      scores.clear();
      JsonObjectBuilder choice =
          AnswerForm.choice(form.part(shown, !said), index, logprobs, finish);
      said = true;
      event(
          chunk()
              .add("choices", Json.array(List.of(choice), c -> c))
              .addAll(more)
              .build()
              .toString());
    }
  }

  /** Whether anything was written. */
  synchronized boolean begun() {
    return begun;
  }

  /** The end: what is told of each, how it was paid, and that it is the end. */
  synchronized void end(
      List<Answer> answers, DatanetRepository datanets, Optional<JsonObject> payment) {
    tell(answers, datanets);
    payment.ifPresent(
        p ->
            event(
                chunk()
                    .add("choices", JsonValue.EMPTY_JSON_ARRAY)
                    .add("payment", p)
                    .build()
                    .toString()));
    event("[DONE]");
  }

  /** Why each ended, what shaped it, and how many tokens all took. */
  synchronized void tell(List<Answer> answers, DatanetRepository datanets) {
    if (gone) {
      return;
    }
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      choices
          .get(i)
          .part(
              Optional.empty(),
              Optional.of(answer.finishReason()),
              Json.object().add("attribution", AnswerJson.attribution(answer.receipt(), datanets)));
    }
    if (request.includeUsage()) {
      event(
          chunk()
              .add("choices", JsonValue.EMPTY_JSON_ARRAY)
              .add("usage", AnswerJson.usage(answers))
              .build()
              .toString());
    }
  }

  /** The end of answers that failed after they had begun. */
  synchronized void fail(Problem problem) {
    event(problem.openAi().toString());
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
