package io.openledger.runtime.rest;

import io.openledger.api.datanet.DatanetRepository;
import io.openledger.api.model.Answer;
import io.openledger.api.model.Usage;
import io.openledger.api.provenance.Receipt;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.Optional;

/** Answers in OpenAI's form, with the member {@code attribution} beside the standard ones. */
final class AnswerJson {

  private AnswerJson() {}

  /** A whole answer. */
  static JsonObjectBuilder whole(AnswerForm form, Answer answer, DatanetRepository datanets) {
    Receipt.Body body = answer.receipt().body();
    return Json.object()
        .add("id", form.idPrefix() + body.id())
        .add("object", form.object())
        .add("created", body.at().getEpochSecond())
        .add("model", body.model().id().value())
        .add(
            "choices",
            Json.array(
                List.of(answer),
                a -> AnswerForm.choice(form.whole(a.text()), Optional.of(a.finishReason()))))
        .add("usage", usage(answer.usage()))
        .add("attribution", attribution(answer.receipt(), datanets));
  }

  static JsonObjectBuilder usage(Usage usage) {
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
    return Json.optional(json, "reason", body.reason()).build();
  }
}
