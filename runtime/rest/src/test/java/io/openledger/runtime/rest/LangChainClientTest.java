package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** LangChain4j's client for OpenAI understands what it is answered. */
class LangChainClientTest {

  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    rest = new RestServer();
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  @BeforeEach
  void fresh() {
    rest.fresh();
  }

  private static String url() {
    return "http://127.0.0.1:" + rest.port() + "/openledger/v1";
  }

  private static Map<String, String> as(String user, String password) {
    return Map.of("Authorization", RestServer.basic(user, password));
  }

  private static OpenAiChatModel model(String name, String password) {
    return OpenAiChatModel.builder()
        .baseUrl(url())
        .customHeaders(as("user", password))
        .modelName(name)
        .temperature(0.0)
        .maxTokens(24)
        .maxRetries(0)
        .build();
  }

  @Test
  void chats() {
    ChatResponse answer = model("desk", "user").chat(UserMessage.from("Duty of care:"));
    assertThat(answer.aiMessage().text()).isEqualTo("An answer — complete.");
    assertThat(answer.modelName()).isEqualTo("desk");
    assertThat(answer.tokenUsage().totalTokenCount()).isEqualTo(7);
  }

  @Test
  void streamsWithUsage() throws Exception {
    StringBuffer streamed = new StringBuffer();
    CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(url())
        .customHeaders(as("user", "user"))
        .modelName("base")
        .build()
        .chat(
            "Duty of care:",
            new StreamingChatResponseHandler() {
              @Override
              public void onPartialResponse(String part) {
                streamed.append(part);
              }

              @Override
              public void onCompleteResponse(ChatResponse response) {
                complete.complete(response);
              }

              @Override
              public void onError(Throwable error) {
                complete.completeExceptionally(error);
              }
            });
    ChatResponse answer = complete.get(20, TimeUnit.SECONDS);
    assertThat(streamed.toString()).isEqualTo("An answer — complete.");
    assertThat(answer.aiMessage().text()).isEqualTo("An answer — complete.");
    assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(4);
  }

  @Test
  void asksForASchema() {
    rest.fake.words = List.of("{\"good\": true}");
    ResponseFormat format =
        ResponseFormat.builder()
            .type(ResponseFormatType.JSON)
            .jsonSchema(
                JsonSchema.builder()
                    .name("answer")
                    .rootElement(
                        JsonObjectSchema.builder()
                            .addBooleanProperty("good")
                            .required("good")
                            .build())
                    .build())
            .build();
    ChatResponse answer =
        model("base", "user")
            .chat(
                ChatRequest.builder()
                    .messages(UserMessage.from("q"))
                    .responseFormat(format)
                    .build());
    assertThat(answer.aiMessage().text()).isEqualTo("{\"good\": true}");
    assertThat(rest.fake.prompts.get(0).options().jsonSchema().orElseThrow())
        .contains("\"good\":{\"type\":\"boolean\"}");
  }

  @Test
  void throwsItsOwnExceptions() {
    assertThatThrownBy(() -> model("no-such-model", "user").chat("q"))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("OPENLEDGER-3001");
    assertThatThrownBy(() -> model("base", "wrong").chat("q"))
        .isInstanceOf(AuthenticationException.class);
    rest.fake.failure =
        Optional.of(new OpenLedgerException(ErrorCode.BUSY, "64 waiting", "64", "call again"));
    assertThatThrownBy(() -> model("base", "user").chat("q"))
        .isInstanceOf(RateLimitException.class);
    rest.fake.failure =
        Optional.of(
            new OpenLedgerException(ErrorCode.PROMPT_TOO_LONG, "9 tokens", "8", "send less"));
    assertThatThrownBy(() -> model("base", "user").chat("q"))
        .isInstanceOf(InvalidRequestException.class);
  }
}
