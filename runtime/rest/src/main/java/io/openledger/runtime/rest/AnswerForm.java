package io.openledger.runtime.rest;

import io.openledger.api.model.FinishReason;
import io.openledger.api.model.TokenScore;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The two forms of the OpenAI API in which an answer is told: as a message, or as a text. */
enum AnswerForm {
  /** {@code /v1/chat/completions}. */
  CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk") {
    @Override
    GenerationRequest read(JsonFields json) {
      return GenerationRequest.chat(json);
    }

    @Override
    JsonObjectBuilder whole(String text) {
      return Json.object()
          .add(
              "message",
              Json.object()
                  .add("role", "assistant")
                  .add("content", text)
                  .add("refusal", JsonValue.NULL));
    }

    @Override
    JsonObjectBuilder part(Optional<String> text, boolean first) {
      JsonObjectBuilder delta = Json.object();
      if (first) {
        delta.add("role", "assistant");
      }
      text.ifPresent(t -> delta.add("content", t));
      return Json.object().add("delta", delta);
    }

    @Override
    JsonValue scores(ScoreJson scores, List<TokenScore> tokens) {
      return scores.chat(tokens);
    }
  },
  /** {@code /v1/completions}. */
  TEXT("cmpl-", "text_completion", "text_completion") {
    @Override
    GenerationRequest read(JsonFields json) {
      return GenerationRequest.completion(json);
    }

    @Override
    JsonObjectBuilder whole(String text) {
      return Json.object().add("text", text);
    }

    @Override
    JsonObjectBuilder part(Optional<String> text, boolean first) {
      return whole(text.orElse(""));
    }

    @Override
    JsonValue scores(ScoreJson scores, List<TokenScore> tokens) {
      return scores.text(tokens);
    }
  };

  private final String idPrefix;
  private final String object;
  private final String chunk;

  AnswerForm(String idPrefix, String object, String chunk) {
    this.idPrefix = idPrefix;
    this.object = object;
    this.chunk = chunk;
  }

  /** Reads a request in this form. */
  abstract GenerationRequest read(JsonFields json);

  /** The part of a choice that holds a whole answer. */
  abstract JsonObjectBuilder whole(String text);

  /** The part of a choice that holds a piece of one, or nothing at its end. */
  abstract JsonObjectBuilder part(Optional<String> text, boolean first);

  String idPrefix() {
    return idPrefix;
  }

  String object() {
    return object;
  }

  String chunk() {
    return chunk;
  }

  /** What a choice says of its tokens' log-probabilities. */
  abstract JsonValue scores(ScoreJson scores, List<TokenScore> tokens);

  /** One choice of an answer. */
  static JsonObjectBuilder choice(
      JsonObjectBuilder content, int index, JsonValue scores, Optional<FinishReason> finish) {
    content.add("index", index).add("logprobs", scores);
    finish.ifPresentOrElse(
        f -> content.add("finish_reason", f.name().toLowerCase(Locale.ROOT)),
        () -> content.add("finish_reason", JsonValue.NULL));
    return content;
  }
}
