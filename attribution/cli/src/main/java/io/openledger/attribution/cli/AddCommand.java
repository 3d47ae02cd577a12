package io.openledger.attribution.cli;

import io.openledger.api.spi.SpanIndex.State;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code add}: more documents. */
@Command(
    name = "add",
    mixinStandardHelpOptions = true,
    description = "Adds texts; they are searchable when it returns.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class AddCommand implements Callable<Integer> {

  private static final int SHOWN = 20;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "SOURCE",
      description = "Folders and files: each file a document, each line of a .jsonl one.")
  private List<Path> sources = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    Sources found = Sources.of(sources);
    try (Workspace workspace = Workspace.open(directory)) {
      add(workspace, found, spec.commandLine());
    }
    return 0;
  }

  /** Adds with a progress bar and says what came of it. */
  static void add(Workspace workspace, Sources sources, CommandLine command) throws Exception {
    long start = System.nanoTime();
    Workspace.Added added;
    try (Bar bar = Bar.of("indexing", "kB", 1000, sources.bytes())) {
      added = workspace.add(sources, bar::step);
      bar.say("done");
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    PrintWriter out = command.getOut();
    State state = workspace.index().state();
    out.printf(
        Locale.ROOT,
        "%d documents with %d tokens added in %.1f s (%.0f tokens/s)%n",
        added.documents(),
        added.tokens(),
        seconds,
        added.tokens() / seconds);
    out.printf(
        Locale.ROOT,
        "index: %d documents, %d tokens, %d bytes (%.2f a token)%n",
        state.documents(),
        state.tokens(),
        state.bytes(),
        state.bytes() / (double) Math.max(1, state.tokens()));
    PrintWriter err = command.getErr();
    added.skipped().stream().limit(SHOWN).forEach(reason -> err.println("skipped " + reason));
    if (added.skipped().size() > SHOWN) {
      err.println("skipped " + (added.skipped().size() - SHOWN) + " more");
    }
    out.flush();
    err.flush();
  }
}
