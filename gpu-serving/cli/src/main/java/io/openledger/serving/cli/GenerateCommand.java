package io.openledger.serving.cli;

import io.openledger.api.model.ChatMessage;
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
import io.openledger.serving.gguf.GgufCheckpoint;
import io.openledger.serving.model.Checkpoint;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code generate}: one answer, streamed. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Generates a text after a prompt and streams it to standard output.",
      "How long it took goes to standard error."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class GenerateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine;

  @Parameters(
      index = "0",
      paramLabel = "CHECKPOINT",
      description = "A Hugging Face folder, or a .gguf file.")
  private Path checkpoint;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "The text; standard input when it is left out.")
  private @Nullable String prompt;

  @Option(
      names = "--adapter",
      paramLabel = "FOLDER[=WEIGHT]",
      description = "A PEFT folder; several are added up, each by its weight (1).")
  private List<String> adapters = new ArrayList<>();

  @Option(
      names = "--chat",
      description = "Puts the prompt through the checkpoint's chat template, as a user's message.")
  private boolean chat;

  @Option(names = "--system", paramLabel = "TEXT", description = "With --chat: a system message.")
  private @Nullable String system;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "At most; default ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 to 2; default 0, greedy.")
  private double temperature;

  @Option(names = "--top-k", paramLabel = "K", defaultValue = "0", description = "0: all.")
  private int topK;

  @Option(names = "--top-p", paramLabel = "P", defaultValue = "1", description = "1: all.")
  private double topP;

  @Option(names = "--min-p", paramLabel = "P", defaultValue = "0", description = "0: all.")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      defaultValue = "1",
      description = "1: none.")
  private double repetition;

  @Option(
      names = "--presence-penalty",
      paramLabel = "X",
      defaultValue = "0",
      description = "-2 to 2.")
  private double presence;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "X",
      defaultValue = "0",
      description = "-2 to 2.")
  private double frequency;

  @Option(names = "--seed", paramLabel = "N", description = "The same seed, the same answer.")
  private @Nullable Long seed;

  @Option(names = "--stop", paramLabel = "TEXT", description = "Ends before it; several allowed.")
  private List<String> stop = new ArrayList<>();

  @Option(
      names = "--logprobs",
      paramLabel = "N",
      description = "Prints each token's log-probability and N alternatives, 0 to 20, at the end.")
  private @Nullable Integer logprobs;

  @Option(names = "--echo", description = "With --logprobs: those of the prompt, too.")
  private boolean echo;

  @Option(
      names = "--context",
      paramLabel = "N",
      defaultValue = "4096",
      description =
          "Prompt and answer, in tokens; default ${DEFAULT-VALUE}, or the model's if less.")
  private int context;

  @Override
  public Integer call() throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    PrintWriter err = spec.commandLine().getErr();
    long start = System.nanoTime();
    Path folder =
        GgufCheckpoint.is(checkpoint)
            ? GgufCheckpoint.unpack(checkpoint, engine.cache)
            : checkpoint;
    int most = Math.min(context, Checkpoint.config(folder).context());
    try (ServingEngine model =
        engine.open(folder, new Limits(Math.max(1, adapters.size()), 512, 1, most, 1), threads)) {
      err.printf(Locale.ROOT, "opened in %.2f s%n", (System.nanoTime() - start) / 1e9);
      answer(model, err);
      return 0;
    } finally {
      threads.shutdown();
    }
  }

  private void answer(ServingEngine model, PrintWriter err) throws java.io.IOException {
    String text =
        prompt != null ? prompt : new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    if (chat) {
      List<ChatMessage> messages = new ArrayList<>();
      if (system != null) {
        messages.add(ChatMessage.system(system));
      }
      messages.add(ChatMessage.user(text));
      text = model.renderChat(messages);
    }
    Request request = new Request(registered(model), text, options(), echo, Scheduling.USUAL);
    PrintWriter out = spec.commandLine().getOut();
    Listener listener =
        delta -> {
          out.print(delta);
          // Also when whoever reads has gone: nobody wants the rest.
          return !out.checkError();
        };
    long start = System.nanoTime();
    Generation answer = model.generate(request, listener);
    double seconds = (System.nanoTime() - start) / 1e9;
    out.println();
    answer.promptScores().forEach(score -> out.println("prompt " + shown(score)));
    answer.scores().forEach(score -> out.println("answer " + shown(score)));
    out.flush();
    double first = answer.firstToken().toNanos() / 1e9;
    int count = answer.usage().completionTokens();
    err.printf(
        Locale.ROOT,
        "%d + %d tokens, %s; first after %.1f ms, then %.1f tokens/s%n",
        answer.usage().promptTokens(),
        count,
        answer.finishReason(),
        1000 * first,
        count < 2 ? 0 : (count - 1) / (seconds - first));
  }

  private List<WeightedAdapter> registered(ServingEngine model) {
    List<WeightedAdapter> all = new ArrayList<>();
    for (String adapter : adapters) {
      int at = adapter.lastIndexOf('=');
      double weight = 1;
      Path folder = Path.of(at < 0 ? adapter : adapter.substring(0, at));
      if (at >= 0) {
        try {
          weight = Double.parseDouble(adapter.substring(at + 1));
        } catch (NumberFormatException e) {
          throw new ParameterException(
              spec.commandLine(), "--adapter " + adapter + "; allowed: FOLDER or FOLDER=WEIGHT", e);
        }
      }
      ModelId id = new ModelId("adapter-" + all.size());
      model.register(id, folder);
      all.add(new WeightedAdapter(id, weight));
    }
    return all;
  }

  private GenerationOptions options() {
    GenerationOptions options =
        GenerationOptions.of(
            tokens,
            Sampling.at(temperature)
                .cut(topK, topP, minP)
                .penalised(repetition, presence, frequency),
            seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
            stop);
    OptionalInt alternatives = logprobs == null ? OptionalInt.empty() : OptionalInt.of(logprobs);
    return alternatives.isPresent()
        ? options.withLogProbabilities(alternatives.getAsInt())
        : options;
  }

  private static String shown(TokenScore score) {
    StringBuilder line =
        new StringBuilder(
            "%7d %-16s %9.4f"
                .formatted(score.token(), quoted(score.text()), score.logProbability()));
    score
        .likeliest()
        .forEach(
            other ->
                line.append("  ")
                    .append(quoted(other.text()))
                    .append(" %.4f".formatted(other.logProbability())));
    return line.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\n", "\\n").replace("\r", "\\r") + '"';
  }
}
