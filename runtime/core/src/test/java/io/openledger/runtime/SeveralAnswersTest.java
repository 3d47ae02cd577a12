package io.openledger.runtime;

import static io.openledger.runtime.support.TestServer.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Handling;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Prompt;
import io.openledger.api.model.TokenScore;
import io.openledger.runtime.Caller.Role;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several answers of one call: each its own receipt, and all of them or none. */
class SeveralAnswersTest {

  @TempDir Path data;
  private final ScriptedServing serving = new ScriptedServing();
  private TestDatabase database;
  private TestServer server;

  @BeforeEach
  void start() {
    database = TestDatabase.h2();
    server = TestServer.start(database, data, new PlainAttribution(), serving, Map.of());
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private static List<Prompt> prompts(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Prompt.text("word ".repeat(i + 1)).with(GenerationOptions.sampled(50, 1, i)))
        .toList();
  }

  private static List<AnswerListener> silent(int count) {
    return Collections.nCopies(count, delta -> {});
  }

  private long receipts() {
    return database.number("SELECT COUNT(*) FROM ol_receipts");
  }

  @Test
  void eachAnswerHasItsOwnReceiptAndCharge() {
    List<Answer> answers = server.model().stream(prompts(5), silent(5));
    for (int i = 0; i < 5; i++) {
      assertThat(answers.get(i).text()).isEqualTo("word ".repeat(i + 1));
    }
    assertThat(answers.stream().map(a -> a.receipt().id()).distinct()).hasSize(5);
    assertThat(receipts()).isEqualTo(5);
    assertThat(database.number("SELECT COUNT(DISTINCT transaction_id) FROM ol_entries"))
        .isEqualTo(5);
    assertThat(server.ledgerSum()).isEqualTo("0");
  }

  @Test
  void answersAreGeneratedAtTheSameTime() throws Exception {
    CyclicBarrier all = new CyclicBarrier(3);
    serving.beforeAnswer(
        prompt -> {
          try {
            all.await(20, TimeUnit.SECONDS);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(server.model().stream(prompts(3), silent(3))).hasSize(3);
  }

  @Test
  void moreAnswersThanThreadsComeAllTheSame() {
    int most = io.openledger.api.model.AttributedModel.MAX_TOGETHER;
    assertThat(server.model().stream(prompts(most), silent(most))).hasSize(most);
    assertThatThrownBy(() -> server.model().stream(prompts(most + 1), silent(most + 1)))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("1 to 64");
  }

  @Test
  void failureOfOneChargesNothing() {
    serving.beforeAnswer(
        prompt -> {
          if (prompt.equals("word word word ")) {
            throw new OpenLedgerException(ErrorCode.BUSY, "full", "less", "again");
          }
        });
    // nobody hears the others: see PaidAnswersTest for what is heard
    List<AnswerListener> whole = Collections.nCopies(6, AnswerListener.SILENT);
    assertThatThrownBy(() -> server.model().stream(prompts(6), whole))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
    assertThat(receipts()).isZero();
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries")).isZero();
  }

  @Test
  void boundaryHasAllReceiptsInTheOrderOfThePrompts() {
    try (Boundary boundary =
        Boundary.enter(
            Optional.empty(),
            Set.of(),
            Optional.empty(),
            io.openledger.api.AttributionMode.REQUIRED)) {
      List<Answer> answers = server.model().stream(prompts(4), silent(4));
      assertThat(boundary.receipts())
          .extracting(r -> r.id())
          .containsExactlyElementsOf(answers.stream().map(a -> a.receipt().id()).toList());
    }
  }

  @Test
  void scoresReachListenerAndAnswer() {
    List<TokenScore> heard = new ArrayList<>();
    AnswerListener listener =
        new AnswerListener() {
          @Override
          public void onText(String delta) {}

          @Override
          public void onScore(TokenScore score) {
            heard.add(score);
          }
        };
    Prompt prompt =
        Prompt.text("one two")
            .with(GenerationOptions.greedy(9).withLogProbabilities(2))
            .with(new Handling(0, Optional.empty(), true));
    Answer answer = server.model().stream(prompt, listener);
    assertThat(answer.scores()).extracting(TokenScore::text).containsExactly("one ", "two");
    assertThat(answer.scores()).isEqualTo(heard);
    assertThat(answer.promptScores()).hasSize(2);
    assertThatThrownBy(() -> prompt.with(GenerationOptions.greedy(9)))
        .hasMessageContaining("echo with them");
  }

  @Test
  void tenantPriorityAndDeadlineReachTheEngine() {
    Handling handling = new Handling(3, Optional.of(Duration.ofSeconds(9)), false);
    server.model().complete(Prompt.text("x").with(handling));
    assertThat(serving.requests.get(0).scheduling())
        .isEqualTo(
            new io.openledger.api.spi.Scheduling(
                "application:desk", 3, Optional.of(Duration.ofSeconds(9))));
    Caller user = Caller.user("rest", "bob", Set.of(Role.USER));
    assertThatThrownBy(
            () ->
                server
                    .server()
                    .model(user, Optional.<ModelId>empty())
                    .complete(Prompt.text("x").with(handling)))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
    assertThat(server.server().model(APP, Optional.empty()).info().parent()).isEmpty();
  }
}
