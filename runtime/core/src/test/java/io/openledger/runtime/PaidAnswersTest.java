package io.openledger.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.Answer;
import io.openledger.api.model.AnswerListener;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.Handling;
import io.openledger.api.model.Prompt;
import io.openledger.runtime.support.PlainAttribution;
import io.openledger.runtime.support.ScriptedServing;
import io.openledger.runtime.support.TestDatabase;
import io.openledger.runtime.support.TestServer;
import jakarta.transaction.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Text and money: what is given has a receipt, what has a receipt can be given, and no answer is
 * charged twice, whatever fails and whenever.
 */
class PaidAnswersTest {

  /** In milliseconds: the first text of a scripted model comes sooner, also where others work. */
  private static final long DEADLINE = 2_000;

  @TempDir Path data;
  private final ScriptedServing serving = new ScriptedServing();
  private final PlainAttribution attribution = new PlainAttribution();
  private TestDatabase database;
  private TestServer server;

  @BeforeEach
  void start() {
    database = TestDatabase.h2();
    server = TestServer.start(database, data, attribution, serving, Map.of());
  }

  @AfterEach
  void stop() {
    server.close();
    database.close();
  }

  private static List<Prompt> prompts(String... texts) {
    return List.of(texts).stream().map(Prompt::text).toList();
  }

  private long receipts() {
    return database.number("SELECT COUNT(*) FROM ol_receipts");
  }

  private void nothingIsCharged() {
    assertThat(receipts()).isZero();
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries")).isZero();
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  private int status() {
    try {
      return database.transactions().getStatus();
    } catch (jakarta.transaction.SystemException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void transactionThatTimesOutDuringTheAnswerTakesTheReceiptWithIt() throws Exception {
    serving.beforeAnswer(
        prompt ->
            TestServer.await(
                "the transaction has timed out", () -> status() != Status.STATUS_ACTIVE));
    database.transactions().setTransactionTimeout(1);
    database.transactions().begin();
    try {
      refused(
          ErrorCode.LEDGER_UNAVAILABLE,
          () -> server.model().complete(Prompt.text("one two three")));
    } finally {
      database.transactions().rollback();
      database.transactions().setTransactionTimeout(0);
    }
    nothingIsCharged();
    serving.beforeAnswer(prompt -> {});
    server.model().complete(Prompt.text("the next one is as usual"));
    assertThat(receipts()).isEqualTo(1);
  }

  @Test
  void transactionThatTimedOutIsRefusedBeforeAnythingIsGenerated() throws Exception {
    database.transactions().setTransactionTimeout(1);
    database.transactions().begin();
    try {
      TestServer.await("it has timed out", () -> status() != Status.STATUS_ACTIVE);
      refused(ErrorCode.LEDGER_UNAVAILABLE, () -> server.model().complete(Prompt.text("one")));
    } finally {
      database.transactions().rollback();
      database.transactions().setTransactionTimeout(0);
    }
    assertThat(serving.requests).isEmpty();
    nothingIsCharged();
  }

  @Test
  void statementThatFailsLeavesNoneOfSeveralAnswers() {
    serving.beforeAnswer(
        prompt -> {
          if (prompt.equals("last")) {
            // the receipts before fit, this one's lines do not
            sql("ALTER TABLE ol_entries ADD CONSTRAINT few CHECK (entry_number < 4)");
          }
        });
    refused(
        ErrorCode.LEDGER_UNAVAILABLE,
        () ->
            server.model().stream(
                prompts("one", "two", "last"), Collections.nCopies(3, AnswerListener.SILENT)));
    nothingIsCharged();
    assertThat(database.number("SELECT COUNT(*) FROM ol_unsealed")).isZero();
  }

  /** The server with a transaction manager whose commits do as they are told. */
  private List<Answer> answersWhenCommits(
      java.util.function.Consumer<jakarta.transaction.TransactionManager> instead) {
    jakarta.transaction.TransactionManager real = database.transactions();
    jakarta.transaction.TransactionManager manager =
        (jakarta.transaction.TransactionManager)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {jakarta.transaction.TransactionManager.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("commit") && recording()) {
                    instead.accept(real);
                    throw new jakarta.transaction.RollbackException("as the test says");
                  }
                  try {
                    return method.invoke(real, arguments);
                  } catch (java.lang.reflect.InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    TestDatabase failingDatabase = new TestDatabase(database.url(), database.pool(), manager);
    try (TestServer other =
        TestServer.start(failingDatabase, data.resolve("other"), attribution, serving, Map.of())) {
      return other.model().stream(
          prompts("one", "two"), Collections.nCopies(2, AnswerListener.SILENT));
    }
  }

  /** Whether the thread commits receipts, and not a look at datanets. */
  private static boolean recording() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    f ->
                        f.getClassName().endsWith(".AnswerService")
                            && f.getMethodName().equals("record")));
  }

  @Test
  void commitThatFailsLeavesNoneOfSeveralAnswers() {
    refused(
        ErrorCode.LEDGER_UNAVAILABLE,
        () ->
            answersWhenCommits(
                manager -> {
                  try {
                    manager.rollback();
                  } catch (jakarta.transaction.SystemException e) {
                    throw new IllegalStateException(e);
                  }
                }));
    nothingIsCharged();
  }

  @Test
  void commitWhoseOutcomeNobodyKnowsIsNotTriedAgain() {
    refused(
        ErrorCode.LEDGER_UNAVAILABLE,
        () ->
            answersWhenCommits(
                manager -> {
                  try {
                    manager.commit();
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }));
    assertThat(receipts()).as("each once").isEqualTo(2);
  }

  private void sql(String statement) {
    try (java.sql.Connection c = java.sql.DriverManager.getConnection(database.url(), "sa", "");
        java.sql.Statement s = c.createStatement()) {
      s.execute(statement);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Hears an answer, and lets its deadline pass after some of its text. */
  private static final class Slow implements AnswerListener {
    final StringBuilder heard = new StringBuilder();
    private final long pauseAfter;

    Slow(int pauseAfter) {
      this.pauseAfter = pauseAfter;
    }

    @Override
    public void onText(String delta) {
      heard.append(delta);
      if (heard.length() == pauseAfter) {
        pause(DEADLINE + 100);
      }
    }
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Prompt within(String text, long milliseconds) {
    return Prompt.text(text)
        .with(new Handling(0, Optional.of(Duration.ofMillis(milliseconds)), false));
  }

  @Test
  void textThatWasHeardBeforeTheDeadlineIsPaidFor() {
    Slow listener = new Slow("one two ".length());
    Answer answer = server.model().stream(within("one two three four", DEADLINE), listener);
    assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(answer.text()).isEqualTo("one two ").isEqualTo(listener.heard.toString());
    assertThat(answer.usage().completionTokens()).isEqualTo(2);
    assertThat(receipts()).isEqualTo(1);
    assertThat(server.ledgerSum()).isEqualTo("0");
  }

  @Test
  void deadlineBeforeTheFirstTextChargesNothing() {
    serving.beforeAnswer(prompt -> pause(60));
    Slow listener = new Slow(0);
    refused(
        ErrorCode.DEADLINE_EXCEEDED, () -> server.model().stream(within("one two", 20), listener));
    assertThat(listener.heard).isEmpty();
    nothingIsCharged();
  }

  @Test
  void answersOfOneCallMeetTheirDeadlineTogether() {
    CountDownLatch oneIsHeard = new CountDownLatch(1);
    serving.beforeAnswer(
        prompt -> {
          if (prompt.startsWith("late")) {
            await(oneIsHeard);
            pause(DEADLINE + 100);
          }
        });
    AnswerListener first = delta -> oneIsHeard.countDown();
    AnswerListener second = delta -> {};
    List<Answer> answers =
        server.model().stream(
            List.of(within("one two", DEADLINE), within("late one", DEADLINE)),
            List.of(first, second));
    assertThat(answers)
        .extracting(Answer::finishReason)
        .containsExactly(FinishReason.STOP, FinishReason.CANCELLED);
    assertThat(answers.get(1).text()).isEmpty();
    assertThat(answers.get(1).receipt().body().fee().isZero()).isTrue();
    assertThat(answers.get(0).receipt().body().fee().isZero()).isFalse();
    assertThat(receipts()).isEqualTo(2);
  }

  private List<Answer> oneThatFailsAfterTheOtherWasHeard(ErrorCode code) {
    CountDownLatch oneIsHeard = new CountDownLatch(1);
    serving.beforeAnswer(
        prompt -> {
          if (prompt.equals("late")) {
            await(oneIsHeard);
            throw new OpenLedgerException(code, "something", "another", "again");
          }
        });
    AnswerListener first = delta -> oneIsHeard.countDown();
    return server.model().stream(prompts("one two", "late"), List.of(first, delta -> {}));
  }

  @Test
  void answerThatFindsNoRoomAfterAnotherWasHeardIsEmptyAndFree() {
    for (ErrorCode code : List.of(ErrorCode.BUSY, ErrorCode.NOT_READY)) {
      List<Answer> answers = oneThatFailsAfterTheOtherWasHeard(code);
      assertThat(answers).extracting(Answer::text).containsExactly("one two", "");
      assertThat(answers.get(1).finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(answers.get(0).receipt().body().fee().isZero()).isFalse();
      assertThat(answers.get(1).receipt().body().fee().isZero()).isTrue();
    }
    assertThat(receipts()).isEqualTo(4);
  }

  @Test
  void faultOfOursChargesNothingWhoeverWasHeard() {
    refused(ErrorCode.DEVICE_LOST, () -> oneThatFailsAfterTheOtherWasHeard(ErrorCode.DEVICE_LOST));
    nothingIsCharged();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new AssertionError("in vain");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void answersThatNobodyHearsLeaveTheDeadlineToTheEngine() {
    server.model().complete(within("one", 5_000));
    server.model().stream(List.of(within("two", 5_000)), List.of(AnswerListener.SILENT));
    server.model().stream(List.of(within("three", 5_000)), List.of(delta -> {}));
    assertThat(serving.requests)
        .extracting(r -> r.scheduling().deadline().isPresent())
        .containsExactly(true, true, false);
  }

  @Test
  void serverThatStopsChargesNoAnswerThatItDidNotBegin() {
    serving.endsAtOnce(true);
    refused(ErrorCode.NOT_READY, () -> server.model().complete(Prompt.text("one two")));
    refused(
        ErrorCode.NOT_READY,
        () -> server.model().stream(prompts("one", "two"), Collections.nCopies(2, delta -> {})));
    nothingIsCharged();
  }

  @Test
  void callerWhoCancelsPaysAsFarAsItGot() {
    List<String> heard = new ArrayList<>();
    Answer answer =
        server.model().stream(
            Prompt.text("one two three"),
            new AnswerListener() {
              @Override
              public void onText(String delta) {
                heard.add(delta);
              }

              @Override
              public boolean cancelled() {
                return !heard.isEmpty();
              }
            });
    assertThat(answer.text()).isEqualTo("one ");
    assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(receipts()).isEqualTo(1);
  }

  @Test
  void callerWhoCancelsBeforeTheFirstTokenPaysNothing() {
    Answer answer =
        server.model().stream(
            Prompt.text("one two three"),
            new AnswerListener() {
              @Override
              public void onText(String delta) {}

              @Override
              public boolean cancelled() {
                return true;
              }
            });
    assertThat(answer.usage().completionTokens()).isZero();
    assertThat(answer.receipt().body().credits()).isEmpty();
    assertThat(receipts()).isEqualTo(1);
    assertThat(database.number("SELECT COUNT(*) FROM ol_entries")).isZero();
  }

  @Test
  void interruptOfTheCallerEndsItsAnswersAndNobodyElses() throws Exception {
    try (TestDatabase file = TestDatabase.h2(data.resolve("store"));
        TestServer other =
            TestServer.start(file, data.resolve("other"), attribution, serving, Map.of())) {
      other.createClauses();
      CountDownLatch helped = new CountDownLatch(1);
      AnswerListener first = delta -> Thread.currentThread().interrupt();
      AnswerListener second =
          new AnswerListener() {
            private boolean told;

            @Override
            public void onText(String delta) {}

            @Override
            public boolean cancelled() {
              if (!told) {
                told = true;
                helped.countDown();
                return false;
              }
              // goes on until the interrupt ends it
              pause(1);
              return false;
            }
          };
      serving.beforeAnswer(
          prompt -> {
            if (prompt.equals("one")) {
              await(helped);
            }
          });
      List<Answer> answers =
          other.model().stream(
              List.of(
                  Prompt.text("one"),
                  Prompt.text("word ".repeat(100_000)).with(GenerationOptions.greedy(1_000_000))),
              List.of(first, second));
      assertThat(Thread.interrupted()).as("the interrupt is the caller's").isTrue();
      assertThat(answers.get(1).finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(file.number("SELECT COUNT(*) FROM ol_receipts")).isEqualTo(2);
      TestServer.await("the store can be asked", () -> storeIsUp(other));
    }
  }

  @Test
  void promptThatIsRefusedEndsTheCallBeforeAnyTextIsGiven() {
    serving.checks(
        prompt -> {
          if (prompt.startsWith("too long")) {
            throw new OpenLedgerException(ErrorCode.PROMPT_TOO_LONG, "9", "8", "less");
          }
        });
    List<String> heard = Collections.synchronizedList(new ArrayList<>());
    // no thread helps: the calling thread would make the first answer before it saw the second
    server.executor().shutdown();
    refused(
        ErrorCode.PROMPT_TOO_LONG,
        () ->
            server.model().stream(
                prompts("one two", "too long"), List.<AnswerListener>of(heard::add, heard::add)));
    assertThat(heard).isEmpty();
    nothingIsCharged();
  }

  private boolean storeIsUp() {
    return storeIsUp(server);
  }

  private static boolean storeIsUp(TestServer of) {
    return of.server().readiness().stream()
        .allMatch(check -> check.up() || !check.name().equals("store"));
  }

  @Test
  void manyAnswersLeaveThreadsToTheRestOfTheServer() throws Exception {
    int most = io.openledger.api.model.AttributedModel.MAX_TOGETHER;
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1 + ServerEnvironment.ANSWERS);
    serving.beforeAnswer(
        prompt -> {
          begun.countDown();
          await(go);
        });
    List<Prompt> all = IntStream.range(0, most).mapToObj(i -> Prompt.text("word " + i)).toList();
    Thread caller =
        new Thread(() -> server.model().stream(all, Collections.nCopies(most, delta -> {})));
    caller.start();
    try {
      await(begun);
      TestServer.await("the store is asked", this::storeIsUp);
    } finally {
      go.countDown();
      caller.join();
    }
    assertThat(receipts()).isEqualTo(most);
  }

  @Test
  void eachTokenIsChargedOnce() {
    Prompt prompt = Prompt.text("a b c d").with(GenerationOptions.greedy(3));
    Answer one = server.model().complete(prompt);
    assertThat(one.usage().completionTokens()).isEqualTo(3);
    assertThat(database.text("SELECT -SUM(amount) FROM ol_entries WHERE account_kind = 'PAYER'"))
        .isEqualTo(one.receipt().body().fee().toString());
  }
}
