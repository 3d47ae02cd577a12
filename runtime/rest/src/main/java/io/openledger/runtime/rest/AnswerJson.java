package io.openledger.runtime.rest;

import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.model.TokenScore;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.Receipt;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Answers in OpenAI's form, with the member {@code attribution} beside the standard ones. */
final class AnswerJson {

  private AnswerJson() {}

  /**
   * Whole answers. One has its attribution beside the standard members; of several each choice has
   * its own, and the tokens are those of all of them.
   */
  static JsonObjectBuilder whole(
      AnswerForm form,
      GenerationRequest request,
      List<Answer> answers,
      DatanetRepository datanets) {
    Receipt.Body first = answers.get(0).receipt().body();
    JsonArrayBuilder choices = Json.texts(List.of());
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      JsonObjectBuilder choice =
          AnswerForm.choice(
              form.whole(request.echoed(i) + answer.text()),
              i,
              scores(form, request.echoed(i), answer),
              Optional.of(answer.finishReason()));
      if (answers.size() > 1) {
        choice.add("attribution", attribution(answer.receipt(), datanets));
      }
      choices.add(choice);
    }
    JsonObjectBuilder json =
        Json.object()
            .add("id", form.idPrefix() + first.id())
            .add("object", form.object())
            .add("created", first.at().getEpochSecond())
            .add("model", first.model().id().value())
            .add("choices", choices)
            .add("usage", usage(answers));
    if (answers.size() == 1) {
      json.add("attribution", attribution(answers.get(0).receipt(), datanets));
    }
    return json;
  }

  private static JsonValue scores(AnswerForm form, String echoed, Answer answer) {
    List<TokenScore> tokens = new ArrayList<>(answer.promptScores());
    tokens.addAll(answer.scores());
    return tokens.isEmpty()
        ? JsonValue.NULL
        : form.scores(
            new ScoreJson(echoed + answer.text(), !answer.promptScores().isEmpty()), tokens);
  }

  /** Tokens of all answers: the sum of what their receipts say. */
  static JsonObjectBuilder usage(List<Answer> answers) {
    return usage(
        new Usage(
            answers.stream().mapToInt(a -> a.usage().promptTokens()).sum(),
            answers.stream().mapToInt(a -> a.usage().completionTokens()).sum()));
  }

  private static JsonObjectBuilder usage(Usage usage) {
    return Json.object()
        .add("prompt_tokens", usage.promptTokens())
        .add("completion_tokens", usage.completionTokens())
        .add("total_tokens", usage.totalTokens());
  }

  /** What shaped the answer, and what it owes to whom: the receipt's own members and names. */
  static JsonObject attribution(Receipt receipt, DatanetRepository datanets) {
    Receipt.Body body = receipt.body();
    JsonObjectBuilder json =
        Json.object()
            .add("receipt", body.id().value())
            .add("status", body.status().name())
            .add("policy", ReceiptJson.policy(body.policy()))
            .addAll(AttributionJson.of(body.attribution()))
            .add("contributions", Sources.of(body.attribution(), datanets))
            .add("fee", body.fee().toString())
            .add("credits", Json.array(body.credits(), AttributionJson::of));
    ReceiptJson.adapters(json, body);
    return Json.optional(json, "reason", body.reason()).build();
  }
}
