package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.ChatMessage;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Sampling;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Listener;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngineFactory;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.serving.model.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The engine through its public face, on a generated checkpoint. */
@Timeout(60)
class ServingEngineTest {

  private static final ModelId BASE = new ModelId("tiny");
  private static final Listener ALL = delta -> true;

  @TempDir static Path natives;
  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Checkpoint checkpoint;

  @BeforeEach
  void write() throws Exception {
    JsonObject config = TinyModel.config();
    // A random model seldom ends by itself; the tests say when.
    config.add("eos_token_id", null);
    checkpoint = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "F32", 3));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private ServingEngine open(int slots, int batch, int queue) {
    ServingEngineFactory factory =
        ServiceLoader.load(ServingEngineFactory.class).findFirst().orElseThrow();
    return factory.open(
        new Settings(BASE, checkpoint.folder(), natives, new Limits(slots, 32, batch, 0, queue), 1),
        threads);
  }

  private ModelId adapter(ServingEngine engine, String name, int rank) throws Exception {
    ModelId id = new ModelId(name);
    engine.register(
        id, TinyModel.writeAdapter(folder.resolve(name), checkpoint, rank, name.hashCode()));
    return id;
  }

  private static Request base(String prompt, int tokens) {
    return new Request(Optional.empty(), prompt, GenerationOptions.greedy(tokens));
  }

  private static void refused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void saysWhatItIs() {
    try (ServingEngine engine = open(2, 2, 4)) {
      assertThat(engine.base().id()).isEqualTo(BASE);
      assertThat(engine.base().family()).isEqualTo("llama");
      assertThat(engine.base().contextLength()).isEqualTo(96);
      assertThat(engine.base().chat()).isFalse();
      assertThat(engine.adapters()).isEmpty();
      assertThat(engine.tokenizer().vocabularySize()).isEqualTo(TinyModel.VOCABULARY);
      refused(ErrorCode.CHAT_TEMPLATE, () -> engine.renderChat(List.of(ChatMessage.user("hello"))));
    }
  }

  @Test
  void checkRefusesWhatGenerateWouldAndNothingElse() {
    try (ServingEngine engine = open(2, 1, 1)) {
      Request unknown =
          new Request(Optional.of(new ModelId("nobody")), "the", GenerationOptions.greedy(1));
      Request schema =
          new Request(
              Optional.empty(), "the", GenerationOptions.greedy(1).withJsonSchema("{\"type\":5}"));
      Request stop =
          new Request(
              Optional.empty(),
              "the",
              GenerationOptions.greedy(1).withStopTokens(java.util.Set.of(TinyModel.VOCABULARY)));
      for (Request bad : List.of(base("the ".repeat(200), 1), unknown, schema, stop)) {
        ErrorCode code = codeOf(() -> engine.generate(bad, ALL));
        assertThat(codeOf(() -> engine.check(bad))).isEqualTo(code);
      }
      engine.check(base("the", 10));
      assertThat(engine.status().requests().refused()).isZero();
      engine.close();
      refused(ErrorCode.NOT_READY, () -> engine.check(base("the", 10)));
    }
  }

  private static ErrorCode codeOf(ThrowingCallable call) {
    OpenLedgerException e =
        org.assertj.core.api.Assertions.catchThrowableOfType(OpenLedgerException.class, call);
    assertThat(e).isNotNull();
    return e.code();
  }

  @Test
  void halfOfACharacterIsAPromptLikeAnother() {
    try (ServingEngine engine = open(2, 1, 1)) {
      for (String half : List.of("\ud800", "a\udc00", "\udc00\ud800")) {
        assertThat(engine.generate(base(half, 2), ALL).usage().completionTokens()).isEqualTo(2);
      }
    }
  }

  @Test
  void streamsTheTextThatItReturnsInWholeCharacters() {
    try (ServingEngine engine = open(2, 2, 4)) {
      StringBuilder streamed = new StringBuilder();
      Generation answer =
          engine.generate(
              base("Grüße 😀", 60),
              delta -> {
                assertThat(delta).isNotEmpty();
                assertThat(Character.isHighSurrogate(delta.charAt(delta.length() - 1))).isFalse();
                streamed.append(delta);
                return true;
              });
      assertThat(streamed.toString()).isEqualTo(answer.text());
      assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(answer.usage().completionTokens()).isEqualTo(60);
      // One token a byte, and the beginning of the text.
      assertThat(answer.usage().promptTokens()).isEqualTo(1 + "Grüße 😀".getBytes().length);
      assertThat(answer.firstToken()).isGreaterThanOrEqualTo(answer.queued());
      assertThat(engine.status().requests().generatedTokens()).isEqualTo(60);
    }
  }

  @Test
  void givesEachRequestItsOwnAnswerWhoeverIsInTheBatch() throws Exception {
    long seed = 42;
    Random random = new Random(seed);
    // Three slots for five adapters: they evict each other all the time.
    try (ServingEngine engine = open(3, 5, 1000)) {
      List<Optional<ModelId>> models = new ArrayList<>(List.of(Optional.empty()));
      for (int i = 1; i <= 5; i++) {
        models.add(Optional.of(adapter(engine, "adapter" + i, 4 * i)));
      }
      List<Request> requests = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        GenerationOptions options =
            GenerationOptions.of(
                1 + random.nextInt(30),
                Sampling.at(i % 3 == 0 ? 0 : 1.2).cut(i % 4 == 0 ? 20 : 0, i % 5 == 0 ? 0.8 : 1, 0),
                OptionalLong.of(i),
                List.of());
        String prompt = "prompt " + random.nextInt(1 << random.nextInt(30));
        requests.add(new Request(models.get(i % models.size()), prompt, options));
      }
      List<Generation> alone = new ArrayList<>();
      for (Request request : requests) {
        alone.add(engine.generate(request, ALL));
      }
      List<Future<Generation>> together = new ArrayList<>();
      for (Request request : requests) {
        together.add(threads.submit(() -> engine.generate(request, ALL)));
      }
      for (int i = 0; i < requests.size(); i++) {
        Generation answer = together.get(i).get();
        assertThat(answer.text()).as("seed %d, request %d", seed, i).isEqualTo(alone.get(i).text());
        assertThat(answer.usage()).isEqualTo(alone.get(i).usage());
      }
      assertThat(engine.status().adapters().resident()).isLessThanOrEqualTo(3);
      assertThat(alone.stream().map(Generation::text).distinct().count()).isGreaterThan(30);
    }
  }

  @Test
  void drawsAnotherAnswerWithAnotherSeed() {
    try (ServingEngine engine = open(1, 1, 4)) {
      List<String> texts = new ArrayList<>();
      for (long seed : new long[] {1, 1, 2}) {
        texts.add(
            engine
                .generate(
                    new Request(Optional.empty(), "a", GenerationOptions.sampled(30, 1.5, seed)),
                    ALL)
                .text());
      }
      assertThat(texts.get(1)).isEqualTo(texts.get(0));
      assertThat(texts.get(2)).isNotEqualTo(texts.get(0));
    }
  }

  @Test
  void endsBeforeAStopTextAndStreamsNothingOfIt() {
    try (ServingEngine engine = open(1, 1, 4)) {
      String whole = engine.generate(base("stop", 40), ALL).text();
      String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
      StringBuilder streamed = new StringBuilder();
      Generation answer =
          engine.generate(
              new Request(
                  Optional.empty(),
                  "stop",
                  GenerationOptions.of(
                      40, Sampling.GREEDY, OptionalLong.empty(), List.of("zzzz", stop))),
              delta -> {
                streamed.append(delta);
                return true;
              });
      assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(answer.text()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
      assertThat(streamed.toString()).isEqualTo(answer.text());
    }
  }

  @Test
  void endsAtATokenThatTheCheckpointNames() throws Exception {
    String whole;
    try (ServingEngine engine = open(1, 1, 4)) {
      whole = engine.generate(base("end", 40), ALL).text();
    }
    // The byte of the first plain character becomes an end.
    int at = 0;
    while (whole.charAt(at) > 126 || whole.charAt(at) < 33) {
      at++;
    }
    Files.writeString(
        checkpoint.folder().resolve("generation_config.json"),
        "{\"eos_token_id\": [257, " + (int) whole.charAt(at) + "]}");
    try (ServingEngine engine = open(1, 1, 4)) {
      Generation answer = engine.generate(base("end", 40), ALL);
      assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(answer.text()).isEqualTo(whole.substring(0, at));
    }
  }

  @Test
  void fillsTheContextAndNoMore() {
    try (ServingEngine engine = open(1, 1, 4)) {
      // 96 tokens: one begins the text, 94 are the prompt's, one is left.
      Generation answer = engine.generate(base("x".repeat(94), 10), ALL);
      assertThat(answer.usage().completionTokens()).isEqualTo(1);
      assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(engine.generate(base("x".repeat(50), 1000), ALL).usage().totalTokens())
          .isEqualTo(96);
      refused(ErrorCode.PROMPT_TOO_LONG, () -> engine.generate(base("x".repeat(95), 10), ALL));
    }
  }

  @Test
  void doesNotDoubleABeginningThatThePromptSpellsOut() {
    try (ServingEngine engine = open(1, 1, 4)) {
      Generation spelled = engine.generate(base("<s>abc", 8), ALL);
      Generation plain = engine.generate(base("abc", 8), ALL);
      assertThat(spelled.usage()).isEqualTo(plain.usage());
      assertThat(spelled.text()).isEqualTo(plain.text());
    }
  }

  @Test
  void cancelsWhenTheListenerSaysSo() {
    try (ServingEngine engine = open(1, 1, 4)) {
      Generation answer = engine.generate(base("cancel", 80), delta -> false);
      assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(answer.usage().completionTokens()).isLessThan(80);
      assertThat(engine.generate(base("next", 3), ALL).usage().completionTokens()).isEqualTo(3);
    }
  }

  @Test
  void cancelsAlsoWhileItWaits() throws Exception {
    try (ServingEngine engine = open(1, 1, 4)) {
      CountDownLatch started = new CountDownLatch(1);
      Future<Generation> waiting =
          threads.submit(
              () ->
                  engine.generate(
                      base("gone", 90),
                      new Listener() {
                        @Override
                        public boolean onText(String delta) {
                          return true;
                        }

                        @Override
                        public boolean cancelled() {
                          started.countDown();
                          return true;
                        }
                      }));
      started.await();
      assertThat(waiting.get(5, TimeUnit.SECONDS).finishReason()).isEqualTo(FinishReason.CANCELLED);
      idle(engine);
    }
  }

  @Test
  void cancelsOnInterruptAndKeepsTheThreadInterrupted() {
    try (ServingEngine engine = open(1, 1, 4)) {
      Generation answer =
          engine.generate(
              base("interrupt", 90),
              delta -> {
                Thread.currentThread().interrupt();
                return true;
              });
      assertThat(Thread.interrupted()).isTrue();
      assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
    }
  }

  @Test
  void failsOnlyTheRequestWhoseListenerThrows() throws Exception {
    try (ServingEngine engine = open(1, 2, 4)) {
      String expected = engine.generate(base("innocent", 40), ALL).text();
      Future<Generation> innocent =
          threads.submit(() -> engine.generate(base("innocent", 40), ALL));
      assertThatThrownBy(
              () ->
                  engine.generate(
                      base("guilty", 40),
                      delta -> {
                        throw new IllegalStateException("listener");
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("listener");
      assertThat(innocent.get().text()).isEqualTo(expected);
      idle(engine);
    }
  }

  @Test
  void refusesWhatIsOverTheQueue() throws Exception {
    try (ServingEngine engine = open(1, 1, 1)) {
      List<Future<Generation>> answers = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        answers.add(threads.submit(() -> engine.generate(base("busy", 90), ALL)));
      }
      int busy = 0;
      int answered = 0;
      for (Future<Generation> answer : answers) {
        try {
          answer.get();
          answered++;
        } catch (ExecutionException e) {
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  OpenLedgerException.class,
                  cause -> assertThat(cause.code()).isEqualTo(ErrorCode.BUSY));
          busy++;
        }
      }
      assertThat(busy).isPositive();
      assertThat(answered).isPositive();
      idle(engine);
    }
  }

  @Test
  void registersListsAndTakesAwayAdapters() throws Exception {
    try (ServingEngine engine = open(2, 2, 4)) {
      ModelId id = adapter(engine, "law", 4);
      assertThat(engine.adapters())
          .singleElement()
          .satisfies(info -> assertThat(info.parent()).contains(BASE));
      refused(ErrorCode.ADAPTER_EXISTS, () -> engine.register(id, folder.resolve("law")));
      refused(ErrorCode.ADAPTER_EXISTS, () -> engine.register(BASE, folder.resolve("law")));
      Request request = new Request(Optional.of(id), "a", GenerationOptions.greedy(12));
      String adapted = engine.generate(request, ALL).text();
      assertThat(adapted).isNotEqualTo(engine.generate(base("a", 12), ALL).text());
      assertThat(engine.status().adapters().resident()).isEqualTo(1);
      assertThat(engine.unregister(id)).isTrue();
      assertThat(engine.unregister(id)).isFalse();
      refused(ErrorCode.MODEL_UNKNOWN, () -> engine.generate(request, ALL));
      idle(engine);
      assertThat(engine.generate(base("b", 2), ALL).usage().completionTokens()).isEqualTo(2);
      assertThat(engine.status().adapters().resident()).isZero();
    }
  }

  @Test
  void finishesARunningAnswerOnAnAdapterThatIsTakenAway() throws Exception {
    try (ServingEngine engine = open(1, 1, 4)) {
      ModelId id = adapter(engine, "old", 4);
      Request request = new Request(Optional.of(id), "a", GenerationOptions.greedy(60));
      String expected = engine.generate(request, ALL).text();
      Generation answer =
          engine.generate(
              request,
              delta -> {
                engine.unregister(id);
                return true;
              });
      assertThat(answer.text()).isEqualTo(expected);
    }
  }

  @Test
  void refusesAnAdapterWhoseFilesChangedAfterRegistration() throws Exception {
    try (ServingEngine engine = open(1, 1, 4)) {
      ModelId id = adapter(engine, "changed", 4);
      TinyModel.writeAdapter(folder.resolve("changed"), checkpoint, 4, 99);
      refused(
          ErrorCode.ADAPTER_BROKEN,
          () ->
              engine.generate(new Request(Optional.of(id), "a", GenerationOptions.greedy(2)), ALL));
      idle(engine);
    }
  }

  @Test
  void cancelsWhatRunsWhenItIsClosedAndRefusesWhatComes() throws Exception {
    ServingEngine engine = open(1, 1, 8);
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Future<Generation> answer =
        threads.submit(
            () ->
                engine.generate(
                    base("running", 90),
                    delta -> {
                      running.countDown();
                      try {
                        closed.await();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                      return true;
                    }));
    running.await();
    engine.close();
    closed.countDown();
    // The text may have been complete by then; what must not be is a caller who waits for ever.
    assertThat(answer.get(5, TimeUnit.SECONDS).finishReason())
        .isIn(FinishReason.CANCELLED, FinishReason.LENGTH);
    engine.close();
    refused(ErrorCode.NOT_READY, () -> engine.generate(base("late", 2), ALL));
    refused(ErrorCode.NOT_READY, () -> engine.register(new ModelId("late"), folder));
    refused(ErrorCode.NOT_READY, () -> engine.unregister(new ModelId("late")));
    refused(ErrorCode.NOT_READY, () -> engine.tokenizer().encode("late"));
    refused(ErrorCode.NOT_READY, () -> engine.renderChat(List.of(ChatMessage.user("late"))));
  }

  @Test
  void refusesAnExecutorThatIsShutDownAndAContextBeyondTheCheckpoint() {
    ExecutorService down = Executors.newSingleThreadExecutor();
    down.shutdown();
    Settings settings =
        new Settings(BASE, checkpoint.folder(), natives, new Limits(1, 8, 1, 0, 1), 1);
    refused(ErrorCode.NOT_READY, () -> new OnnxServingEngineFactory().open(settings, down));
    Settings wide = new Settings(BASE, checkpoint.folder(), natives, new Limits(1, 8, 1, 97, 1), 1);
    refused(ErrorCode.INVALID_ARGUMENT, () -> new OnnxServingEngineFactory().open(wide, threads));
  }

  @Test
  void opensAndClosesManyTimes() {
    for (int i = 0; i < 15; i++) {
      try (ServingEngine engine = open(1, 1, 1)) {
        assertThat(engine.generate(base("again", 2), ALL).usage().completionTokens()).isEqualTo(2);
      }
    }
  }

  private static void idle(ServingEngine engine) throws InterruptedException {
    for (int i = 0;
        i < 500 && (engine.status().running() > 0 || engine.status().queued() > 0);
        i++) {
      Thread.sleep(10);
    }
    assertThat(engine.status().running()).isZero();
    assertThat(engine.status().queued()).isZero();
  }
}
