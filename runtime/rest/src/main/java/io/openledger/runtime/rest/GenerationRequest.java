package io.openledger.runtime.rest;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.AdapterMix;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Handling;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.Sampling;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request of the OpenAI API, understood. What would change the answer and is not supported is
 * refused; nothing of the kind is dropped silently.
 *
 * <p>Defaults are OpenAI's (temperature 1, top p 1), but for the number of tokens: {@value
 * #MAX_TOKENS} in both forms.
 *
 * @param model which model; empty: the server's default, or the base model with a mix
 * @param mix adapters that answer together
 * @param prompts what it is asked, and how; one for each answer
 * @param echo whether a completion begins with its prompt
 * @param stream whether the answer is sent while it arrives
 * @param includeUsage whether a stream ends with the number of tokens
 * @param boundary what is said about attribution
 */
record GenerationRequest(
    Optional<ModelId> model,
    Optional<AdapterMix> mix,
    List<Prompt> prompts,
    boolean echo,
    boolean stream,
    boolean includeUsage,
    BoundaryRequest boundary) {

  /** The most tokens of an answer when nothing is said. */
  static final int MAX_TOKENS = 256;

  /** Answers of one request: prompts times {@code n}. */
  static final int MAX_ANSWERS = 16;

  private static final String ONE_OF_EACH = "one text, or an array of texts";

  GenerationRequest {
    prompts = List.copyOf(prompts);
  }

  /** {@code /v1/completions}. */
  static GenerationRequest completion(JsonFields json) {
    List<Prompt.Content> contents = new ArrayList<>();
    for (String text : prompts(json)) {
      contents.add(new Prompt.Text(text));
    }
    return read(
        json,
        contents,
        json.integer("max_tokens"),
        json.integer("logprobs"),
        json.flag("echo", false));
  }

  private static List<String> prompts(JsonFields json) {
    boolean tokens =
        json.value("prompt")
            .filter(v -> v.getValueType() == JsonValue.ValueType.ARRAY)
            .filter(v -> v.asJsonArray().stream().anyMatch(GenerationRequest::isTokens))
            .isPresent();
    if (tokens) {
      throw json.refuse("prompt", "tokens", ONE_OF_EACH + "; send the text that they stand for");
    }
    List<String> prompts = json.texts("prompt");
    if (prompts.isEmpty()) {
      throw json.refuse("prompt", "missing, or empty", ONE_OF_EACH);
    }
    return prompts;
  }

  private static boolean isTokens(JsonValue value) {
    return value.getValueType() == JsonValue.ValueType.NUMBER
        || value.getValueType() == JsonValue.ValueType.ARRAY;
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
    boolean scored = json.flag("logprobs", false);
    OptionalInt alternatives = json.integer("top_logprobs");
    if (!scored && alternatives.orElse(0) > 0) {
      throw json.refuse("top_logprobs", "there without logprobs", "top_logprobs with logprobs");
    }
    return read(
        json,
        List.of(new Prompt.Chat(messages)),
        newer.isPresent() ? newer : older,
        scored ? OptionalInt.of(alternatives.orElse(0)) : OptionalInt.empty(),
        false);
  }

  private static GenerationRequest read(
      JsonFields json,
      List<Prompt.Content> contents,
      OptionalInt maxTokens,
      OptionalInt alternatives,
      boolean echo) {
    Optional<JsonFields> streamOptions = json.object("stream_options");
    GenerationOptions options = options(json, maxTokens, alternatives);
    Handling handling = handling(json.object("scheduling"), echo && alternatives.isPresent());
    GenerationRequest request =
        new GenerationRequest(
            model(json),
            MixRequest.read(json),
            prompts(json, contents, options, handling),
            echo,
            json.flag("stream", false),
            streamOptions.map(o -> o.flag("include_usage", false)).orElse(false),
            BoundaryRequest.read(json.object("attribution")));
    if (streamOptions.isPresent() && !request.stream) {
      throw json.refuse("stream_options", "there without stream", "stream_options with a stream");
    }
    if (request.stream && handling.echo()) {
      throw json.refuse("stream", "there with echo and logprobs", "a whole answer with both");
    }
    streamOptions.ifPresent(JsonFields::requireAllRead);
    UnsupportedParameters.refuse(json);
    return request;
  }

  /** Each prompt {@code n} times, with seeds that count up: choices in OpenAI's order. */
  private static List<Prompt> prompts(
      JsonFields json,
      List<Prompt.Content> contents,
      GenerationOptions options,
      Handling handling) {
    int each = json.integer("n").orElse(1);
    if (each < 1 || (long) each * contents.size() > MAX_ANSWERS) {
      throw json.refuse(
          "n",
          each + ", for " + contents.size() + " prompts",
          "1 or more, and at most " + MAX_ANSWERS + " answers to all prompts together");
    }
    List<Prompt> prompts = new ArrayList<>();
    for (Prompt.Content content : contents) {
      for (int i = 0; i < each; i++) {
        OptionalLong seed = options.seed();
        GenerationOptions own =
            seed.isPresent() && i > 0 ? options.withSeed(seed.getAsLong() + i) : options;
        prompts.add(new Prompt(content, own, handling));
      }
    }
    return prompts;
  }

  private static Handling handling(Optional<JsonFields> json, boolean echo) {
    if (json.isEmpty()) {
      return new Handling(0, Optional.empty(), echo);
    }
    JsonFields scheduling = json.get();
    OptionalDouble seconds = scheduling.number("deadline_seconds");
    // a day is more than any answer takes, and less than a duration overflows at
    if (seconds.isPresent() && !(seconds.getAsDouble() > 0 && seconds.getAsDouble() <= 86_400)) {
      throw scheduling.refuse("deadline_seconds", "out of range", "above 0, up to 86400");
    }
    Optional<Duration> deadline =
        seconds.isPresent()
            ? Optional.of(Duration.ofNanos((long) Math.ceil(seconds.getAsDouble() * 1e9)))
            : Optional.empty();
    Handling handling = new Handling(scheduling.integer("priority").orElse(0), deadline, echo);
    scheduling.requireAllRead();
    return handling;
  }

  private static GenerationOptions options(
      JsonFields json, OptionalInt maxTokens, OptionalInt alternatives) {
    Sampling sampling =
        Sampling.at(json.number("temperature").orElse(1))
            .cut(
                json.integer("top_k").orElse(0),
                json.number("top_p").orElse(1),
                json.number("min_p").orElse(0))
            .penalised(
                json.number("repetition_penalty").orElse(1),
                json.number("presence_penalty").orElse(0),
                json.number("frequency_penalty").orElse(0));
    GenerationOptions options =
        GenerationOptions.of(
            maxTokens.orElse(MAX_TOKENS), sampling, json.whole("seed"), json.texts("stop"));
    if (alternatives.isPresent()) {
      options = options.withLogProbabilities(alternatives.getAsInt());
    }
    Optional<String> schema = json.object("response_format").flatMap(ResponseFormat::schema);
    return schema.isPresent() ? options.withJsonSchema(schema.get()) : options;
  }

  /** What stands before an answer's text: its prompt, where that was asked for. */
  String echoed(int index) {
    return echo && prompts.get(index).content() instanceof Prompt.Text t ? t.text() : "";
  }

  /** The model that is asked for. A text that can be no name is a model that does not exist. */
  static Optional<ModelId> model(JsonFields json) {
    return json.text("model").map(GenerationRequest::model);
  }

  /** The model of a name; see {@link #model(JsonFields)}. */
  static ModelId model(String name) {
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
