package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A request of the OpenAI API, understood. What would change the answer and is not supported is
 * refused; nothing of the kind is dropped silently.
 *
 * <p>Defaults are OpenAI's (temperature 1, top p 1), but for the number of tokens: {@value
 * #MAX_TOKENS} in both forms.
 *
 * @param model which model; empty: the server's default
 * @param prompt what it is asked, and how
 * @param stream whether the answer is sent while it arrives
 * @param includeUsage whether a stream ends with the number of tokens
 * @param boundary what is said about attribution
 */
record GenerationRequest(
    Optional<ModelId> model,
    Prompt prompt,
    boolean stream,
    boolean includeUsage,
    BoundaryRequest boundary) {

  /** The most tokens of an answer when nothing is said. */
  static final int MAX_TOKENS = 256;

  /** {@code /v1/completions}. */
  static GenerationRequest completion(JsonFields json) {
    List<String> prompt = json.texts("prompt");
    if (prompt.size() != 1) {
      throw json.refuse("prompt", prompt.size() + " prompts", "one text; send a request for each");
    }
    return read(json, new Prompt.Text(prompt.get(0)), json.integer("max_tokens"));
  }

  /** {@code /v1/chat/completions}. */
  static GenerationRequest chat(JsonFields json) {
    List<ChatMessage> messages = json.objects("messages").stream().map(ChatMessages::read).toList();
    OptionalInt newer = json.integer("max_completion_tokens");
    OptionalInt older = json.integer("max_tokens");
    if (newer.isPresent() && older.isPresent() && !newer.equals(older)) {
      throw json.refuse(
          "max_tokens", "another number than max_completion_tokens", "one of the two");
    }
    return read(json, new Prompt.Chat(messages), newer.isPresent() ? newer : older);
  }

  private static GenerationRequest read(
      JsonFields json, Prompt.Content content, OptionalInt maxTokens) {
    Optional<JsonFields> streamOptions = json.object("stream_options");
    GenerationRequest request =
        new GenerationRequest(
            model(json),
            new Prompt(content, options(json, maxTokens)),
            json.flag("stream", false),
            streamOptions.map(o -> o.flag("include_usage", false)).orElse(false),
            BoundaryRequest.read(json.object("attribution")));
    if (streamOptions.isPresent() && !request.stream) {
      throw json.refuse("stream_options", "there without stream", "stream_options with a stream");
    }
    streamOptions.ifPresent(JsonFields::requireAllRead);
    UnsupportedParameters.refuse(json);
    return request;
  }

  private static GenerationOptions options(JsonFields json, OptionalInt maxTokens) {
    return GenerationOptions.of(
        maxTokens.orElse(MAX_TOKENS),
        Sampling.at(json.number("temperature").orElse(1))
            .cut(json.integer("top_k").orElse(0), json.number("top_p").orElse(1), 0),
        json.whole("seed"),
        json.texts("stop"));
  }

  /** The model that is asked for. A text that can be no name is a model that does not exist. */
  static Optional<ModelId> model(JsonFields json) {
    return json.text("model")
        .map(
            name -> {
              try {
                return new ModelId(name);
              } catch (OpenLedgerException e) {
                throw new RequestException(
                    ErrorCode.MODEL_UNKNOWN,
                    "model",
                    e.arrived(),
                    "models of this server",
                    "take a name from /openledger/v1/models");
              }
            });
  }

  /** Reads messages of a conversation. */
  private static final class ChatMessages {

    private static final Set<String> SYSTEM = Set.of("system", "developer");

    static ChatMessage read(JsonFields json) {
      String role = json.requiredText("role");
      String content = content(json);
      json.requireAllRead();
      if (SYSTEM.contains(role)) {
        return ChatMessage.system(content);
      }
      return switch (role) {
        case "user" -> ChatMessage.user(content);
        case "assistant" -> ChatMessage.assistant(content);
        default -> throw json.refuse("role", "another", "system, developer, user or assistant");
      };
    }

    // a text, or parts that are texts
    private static String content(JsonFields json) {
      boolean parts =
          json.value("content")
              .filter(v -> v.getValueType() == jakarta.json.JsonValue.ValueType.ARRAY)
              .isPresent();
      if (!parts) {
        return json.requiredText("content");
      }
      StringBuilder text = new StringBuilder();
      for (JsonFields part : json.objects("content")) {
        if (!part.requiredText("type").equals("text")) {
          throw part.refuse("type", "another", "text");
        }
        text.append(part.requiredText("text"));
        part.requireAllRead();
      }
      return text.toString();
    }
  }
}
