package io.openledger.wildfly.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** LangChain4j's client for OpenAI against the running server and its model. */
@ArquillianTest
@RunAsClient
class LangChainClientIT {

  private static final int OFFSET = Integer.getInteger("server.port.offset");

  /** Arquillian starts the server for a deployment; this one does not use the API. */
  @Deployment(testable = false)
  static WebArchive bystander() {
    return ShrinkWrap.create(WebArchive.class, "langchain-bystander.war")
        .addAsWebResource(new StringAsset("here"), "index.html");
  }

  @BeforeEach
  void users() throws Exception {
    Path home = Path.of(System.getProperty("jboss.home"));
    Users.add(home, home.resolve("standalone"), "langchain", "openledger-user");
    Ready.await(new Rest(OFFSET, "langchain"));
  }

  private static OpenAiChatModel model(String name) {
    String credentials = "langchain:" + Rest.PASSWORD;
    String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    return OpenAiChatModel.builder()
        .baseUrl("http://127.0.0.1:" + (8080 + OFFSET) + "/openledger/v1")
        .customHeaders(Map.of("Authorization", "Basic " + basic))
        .modelName(name)
        .temperature(0.0)
        .maxTokens(24)
        .maxRetries(0)
        .build();
  }

  @Test
  void clientUnderstandsAnswersAndErrors() {
    ChatResponse answer = model("clause-desk").chat(UserMessage.from("Duty of care:"));
    assertThat(answer.aiMessage().text()).isNotBlank();
    assertThat(answer.tokenUsage().outputTokenCount()).isPositive();
    assertThatThrownBy(() -> model("no-such-model").chat("q"))
        .isInstanceOf(ModelNotFoundException.class);
  }
}
