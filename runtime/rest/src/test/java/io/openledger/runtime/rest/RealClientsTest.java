package io.openledger.runtime.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import jakarta.json.Json;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of OpenAI against the feature with its real engines, the sample's model and its adapter:
 * what {@link OpenAiClientTest} and {@link LangChainClientTest} claim of the resources alone.
 */
class RealClientsTest {

  private static final String BASE = "speeches-3m";
  private static final String ADAPTER = "clause-desk";

  @TempDir static Path data;
  private static RealServer real;
  private static RestServer rest;

  @BeforeAll
  static void start() throws Exception {
    real =
        RealServer.start(
            data,
            2,
            Map.of(
                "openledger.adapters.directory", RealServer.SAMPLE.resolve("adapters").toString()));
    rest = real.rest();
  }

  @AfterAll
  static void stop() {
    if (real != null) {
      real.close();
    }
  }

  private static String url() {
    return "http://127.0.0.1:" + rest.port() + "/openledger/v1";
  }

  private static OpenAiChatModel.OpenAiChatModelBuilder asking(String name, String password) {
    return OpenAiChatModel.builder()
        .baseUrl(url())
        .customHeaders(Map.of("Authorization", RestServer.basic("user", password)))
        .modelName(name)
        .temperature(0.0)
        .maxTokens(24)
        .maxRetries(0);
  }

  private static OpenAiChatModel model(String name) {
    return asking(name, "user").build();
  }

  @Test
  void openAisOwnClientUnderstandsTheRealServer() throws Exception {
    OpenAiClient.install().tries(rest, "answers", "scores", "schema", "errors", "stops", "late");
  }

  @Test
  void langChainChatsWithTheModelAndItsAdapter() {
    for (String name : List.of(BASE, ADAPTER)) {
      ChatResponse answer = model(name).chat(UserMessage.from("Duty of care:"));
      assertThat(answer.aiMessage().text()).isNotBlank();
      assertThat(answer.modelName()).isEqualTo(name);
      assertThat(answer.tokenUsage().outputTokenCount()).isBetween(1, 24);
      assertThat(answer.tokenUsage().totalTokenCount())
          .isEqualTo(
              answer.tokenUsage().inputTokenCount() + answer.tokenUsage().outputTokenCount());
    }
  }

  @Test
  void langChainStreamsTheSameAnswerWithUsage() throws Exception {
    StringBuffer streamed = new StringBuffer();
    CompletableFuture<ChatResponse> complete = new CompletableFuture<>();
    OpenAiStreamingChatModel.builder()
        .baseUrl(url())
        .customHeaders(Map.of("Authorization", RestServer.basic("user", "user")))
        .modelName(ADAPTER)
        .temperature(0.0)
        .maxTokens(24)
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
    ChatResponse answer = complete.get(60, TimeUnit.SECONDS);
    ChatResponse whole = model(ADAPTER).chat(UserMessage.from("Duty of care:"));
    assertThat(streamed.toString()).isEqualTo(whole.aiMessage().text());
    assertThat(answer.aiMessage().text()).isEqualTo(whole.aiMessage().text());
    assertThat(answer.tokenUsage()).isEqualTo(whole.tokenUsage());
  }

  @Test
  void langChainGetsWhatItsSchemaAsksFor() {
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
        asking(BASE, "user")
            .maxTokens(60)
            .build()
            .chat(
                ChatRequest.builder()
                    .messages(UserMessage.from("q"))
                    .responseFormat(format)
                    .build());
    String text = answer.aiMessage().text();
    assertThat(Json.createReader(new StringReader(text)).readObject().keySet())
        .containsExactly("good");
  }

  @Test
  void langChainThrowsItsOwnExceptions() {
    assertThatThrownBy(() -> model("no-such-model").chat("q"))
        .isInstanceOf(ModelNotFoundException.class)
        .hasMessageContaining("OPENLEDGER-3001");
    assertThatThrownBy(() -> asking(BASE, "wrong").build().chat("q"))
        .isInstanceOf(AuthenticationException.class);
    // the model's context is 512 tokens
    assertThatThrownBy(() -> model(BASE).chat("duty of care ".repeat(600)))
        .isInstanceOf(InvalidRequestException.class);
  }
}
