package io.openledger.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.model.FinishReason;
import io.openledger.api.model.GenerationOptions;
import io.openledger.api.model.ModelId;
import io.openledger.api.model.Sampling;
import io.openledger.api.model.TokenScore;
import io.openledger.api.spi.Scheduling;
import io.openledger.api.spi.ServingEngine;
import io.openledger.api.spi.ServingEngine.Generation;
import io.openledger.api.spi.ServingEngine.Listener;
import io.openledger.api.spi.ServingEngine.Request;
import io.openledger.api.spi.ServingEngine.WeightedAdapter;
import io.openledger.api.spi.ServingEngineFactory.Limits;
import io.openledger.api.spi.ServingEngineFactory.Settings;
import io.openledger.serving.model.Checkpoint;
import io.openledger.serving.onnx.OnnxDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What requests can ask of an answer, through the engine's public face. */
@Timeout(120)
class GenerationOptionsEngineTest {

  private static final Listener ALL = delta -> true;
  private static final String SCHEMA =
      "{\"type\": \"object\", \"properties\": {\"id\": {\"type\": \"integer\", \"minimum\": 10,"
          + " \"maximum\": 99}, \"kind\": {\"enum\": [\"a\", \"b\"]}}, \"required\": [\"id\","
          + " \"kind\"]}";

  @TempDir static Path natives;
  @TempDir Path folder;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Checkpoint checkpoint;

  @BeforeEach
  void write() throws Exception {
    JsonObject config = TinyModel.config();
    config.add("eos_token_id", null);
    checkpoint = Checkpoint.open(TinyModel.write(folder.resolve("base"), config, "F32", 3));
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private ServingEngine open(int slots, int batch) {
    return new OnnxServingEngineFactory()
        .open(
            new Settings(
                new ModelId("tiny"),
                checkpoint.folder(),
                natives,
                new Limits(slots, 32, batch, 0, 1000),
                1),
            threads);
  }

  private static Request ask(String prompt, GenerationOptions options) {
    return new Request(Optional.empty(), prompt, options);
  }

  private static Request echo(String prompt, GenerationOptions options) {
    return new Request(List.of(), prompt, options, true, Scheduling.USUAL);
  }

  private static double logSoftmax(float[] logits, int token) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return logits[token] - Math.log(sum);
  }

  @Test
  void scoresPromptAndAnswerAsTheDecodersLogitsSay() {
    String prompt = "Grüße";
    Generation answer;
    try (ServingEngine engine = open(1, 1)) {
      answer =
          engine.generate(echo(prompt, GenerationOptions.greedy(12).withLogProbabilities(3)), ALL);
    }
    List<Integer> tokens = new ArrayList<>(List.of(256));
    for (byte each : prompt.getBytes(StandardCharsets.UTF_8)) {
      tokens.add(each & 0xFF);
    }
    int asked = tokens.size();
    assertThat(answer.promptScores()).extracting(TokenScore::token).isEqualTo(tokens);
    assertThat(answer.scores()).hasSize(12);
    answer.scores().forEach(score -> tokens.add(score.token()));
    try (OnnxDecoder decoder = OnnxDecoder.open(checkpoint, 1, 96, 1)) {
      int[] ids = tokens.stream().mapToInt(i -> i).toArray();
      FloatBuffer all =
          decoder.prefill(0, 0, ids, LongStream.range(0, ids.length).toArray(), new int[0]);
      List<TokenScore> scores = new ArrayList<>(answer.promptScores());
      scores.addAll(answer.scores());
      assertThat(scores.get(0).logProbability()).isZero();
      assertThat(scores.get(0).likeliest()).isEmpty();
      assertThat(scores.get(0).text()).isEqualTo("<s>");
      for (int i = 1; i < scores.size(); i++) {
        float[] logits = new float[TinyModel.VOCABULARY];
        all.get((i - 1) * TinyModel.VOCABULARY, logits);
        TokenScore score = scores.get(i);
        assertThat(score.logProbability())
            .as("token %d", i)
            .isCloseTo(logSoftmax(logits, score.token()), within(1e-3));
        assertThat(score.likeliest()).hasSize(3);
        if (i >= asked) {
          assertThat(score.likeliest().get(0).token()).isEqualTo(score.token());
        }
        for (TokenScore.Alternative each : score.likeliest()) {
          assertThat(each.logProbability())
              .isCloseTo(logSoftmax(logits, each.token()), within(1e-3));
        }
      }
    }
  }

  @Test
  void givesPartsOfACharacterTheirBytesAndTellsThemBeforeTheText() {
    try (ServingEngine engine = open(1, 1)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      StringBuilder text = new StringBuilder();
      Generation answer =
          engine.generate(
              echo("ü", GenerationOptions.sampled(60, 1.3, 4).withLogProbabilities(0)),
              new Listener() {
                @Override
                public boolean onText(String delta) {
                  text.append(delta);
                  // The text's tokens were told.
                  assertThat(new String(bytes.toByteArray(), StandardCharsets.UTF_8))
                      .startsWith(text.toString());
                  return true;
                }

                @Override
                public void onScore(TokenScore score) {
                  if (score.token() < 256) {
                    score.bytes().forEach(bytes::write);
                  }
                }
              });
      assertThat(answer.scores()).hasSize(60);
      assertThat(answer.promptScores().get(1).text()).isEqualTo("\uFFFD");
      assertThat(answer.promptScores().get(1).bytes()).containsExactly((byte) 0xC3);
      assertThat(answer.promptScores().get(2).bytes()).containsExactly((byte) 0xBC);
      assertThat(answer.text()).isEqualTo(text.toString());
    }
  }

  @Test
  void tellsNoScoreOfWhatAStopTextCuts() {
    try (ServingEngine engine = open(1, 1)) {
      GenerationOptions plain = GenerationOptions.sampled(60, 0.7, 9).withLogProbabilities(1);
      Generation whole = engine.generate(ask("stop", plain), ALL);
      // A plain stretch of the answer: each of its characters is one token.
      int at = 10;
      while (whole.text().substring(at, at + 3).chars().anyMatch(c -> c > 126)) {
        at++;
      }
      String stop = whole.text().substring(at, at + 3);
      Generation cut =
          engine.generate(
              ask(
                  "stop",
                  new GenerationOptions(
                      60,
                      plain.sampling(),
                      plain.seed(),
                      List.of(stop),
                      Set.of(),
                      OptionalInt.of(1),
                      Optional.empty())),
              ALL);
      String kept = whole.text().substring(0, whole.text().indexOf(stop));
      assertThat(cut.text()).isEqualTo(kept);
      assertThat(cut.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(cut.scores())
          .isNotEmpty()
          .isEqualTo(whole.scores().subList(0, cut.scores().size()));
      TokenScore next = whole.scores().get(cut.scores().size());
      assertThat(next.text()).isEqualTo(stop.substring(0, 1));
    }
  }

  @Test
  void givesNoScoresWhereNobodyAsks() {
    try (ServingEngine engine = open(1, 1)) {
      Generation answer = engine.generate(ask("x", GenerationOptions.greedy(5)), ALL);
      assertThat(answer.scores()).isEmpty();
      assertThat(answer.promptScores()).isEmpty();
    }
  }

  @Test
  void endsBeforeATokenThatTheRequestNames() {
    try (ServingEngine engine = open(1, 1)) {
      GenerationOptions scored = GenerationOptions.greedy(30).withLogProbabilities(0);
      Generation whole = engine.generate(ask("end", scored), ALL);
      int stop = whole.scores().get(7).token();
      int first = 0;
      while (whole.scores().get(first).token() != stop) {
        first++;
      }
      Generation cut = engine.generate(ask("end", scored.withStopTokens(Set.of(stop))), ALL);
      assertThat(cut.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(cut.usage().completionTokens()).isEqualTo(first);
      assertThat(cut.scores()).isEqualTo(whole.scores().subList(0, first));
      assertThatThrownBy(() -> engine.generate(ask("end", scored.withStopTokens(Set.of(259))), ALL))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                assertThat(e.arrived()).contains("259");
              });
    }
  }

  @Test
  void holdsAnAnswerToItsSchema() {
    try (ServingEngine engine = open(1, 4)) {
      for (int i = 0; i < 40; i++) {
        GenerationOptions options =
            GenerationOptions.sampled(60, 2, i).withJsonSchema(SCHEMA).withLogProbabilities(1);
        Generation answer = engine.generate(ask("json " + i, options), ALL);
        assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
        JsonObject value = JsonParser.parseString(answer.text()).getAsJsonObject();
        assertThat(value.get("id").getAsInt()).isBetween(10, 99);
        assertThat(value.get("kind").getAsString()).isIn("a", "b");
        assertThat(answer.usage().completionTokens()).isEqualTo(answer.text().length());
      }
      Generation cut =
          engine.generate(ask("x", GenerationOptions.greedy(5).withJsonSchema(SCHEMA)), ALL);
      assertThat(cut.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThatThrownBy(
              () -> engine.generate(ask("x", GenerationOptions.greedy(5).withJsonSchema("[")), ALL))
          .isInstanceOf(OpenLedgerException.class);
    }
  }

  @Test
  void givesEachRequestItsOwnAnswerWhateverTheOptionsOfItsMates() throws Exception {
    long seed = 77;
    Random random = new Random(seed);
    try (ServingEngine engine = open(2, 6)) {
      ModelId adapter = new ModelId("adapter");
      engine.register(adapter, TinyModel.writeAdapter(folder.resolve("adapter"), checkpoint, 4, 1));
      List<Request> requests = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        boolean scored = random.nextBoolean();
        GenerationOptions options =
            new GenerationOptions(
                1 + random.nextInt(30),
                Sampling.at(random.nextInt(3) == 0 ? 0 : 2 * random.nextDouble())
                    .cut(
                        random.nextBoolean() ? 0 : 1 + random.nextInt(50),
                        random.nextBoolean() ? 1 : 0.2 + 0.7 * random.nextDouble(),
                        random.nextBoolean() ? 0 : 0.1)
                    .penalised(
                        random.nextBoolean() ? 1 : 0.5 + random.nextDouble(),
                        random.nextBoolean() ? 0 : random.nextDouble(),
                        random.nextBoolean() ? 0 : -random.nextDouble()),
                OptionalLong.of(i),
                random.nextBoolean() ? List.of() : List.of("e", "ab"),
                random.nextBoolean() ? Set.of() : Set.of(random.nextInt(259)),
                scored ? OptionalInt.of(random.nextInt(21)) : OptionalInt.empty(),
                random.nextInt(3) == 0 ? Optional.of(SCHEMA) : Optional.empty());
        requests.add(
            new Request(
                random.nextBoolean() ? List.of() : List.of(new WeightedAdapter(adapter, 1)),
                "prompt " + random.nextInt(1 << random.nextInt(30)),
                options,
                scored && random.nextBoolean(),
                Scheduling.USUAL));
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
        assertThat(answer.scores()).as("request %d", i).isEqualTo(alone.get(i).scores());
        assertThat(answer.promptScores()).isEqualTo(alone.get(i).promptScores());
        assertThat(answer.finishReason()).isEqualTo(alone.get(i).finishReason());
      }
      assertThat(alone.stream().map(Generation::text).distinct().count()).isGreaterThan(40);
    }
  }
}
