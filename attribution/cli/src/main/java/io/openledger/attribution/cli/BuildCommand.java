package io.openledger.attribution.cli;

import io.openledger.api.spi.IndexForm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code build}: a new index over files and folders. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    description = "Makes a new index over texts.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class BuildCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder to make.")
  private Path directory;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "SOURCE",
      description = "Folders and files: each file a document, each line of a .jsonl one.")
  private List<Path> sources = new ArrayList<>();

  @Option(
      names = "--tokenizer",
      paramLabel = "PATH",
      description = "A Hugging Face tokenizer.json or a folder with one; default: a small own one.")
  private @Nullable Path tokenizer;

  @Option(
      names = "--form",
      paramLabel = "FORM",
      defaultValue = "FAST",
      description = "${COMPLETION-CANDIDATES}: quick to search, or several times smaller.")
  private IndexForm form;

  @Override
  public Integer call() throws Exception {
    Sources found = Sources.of(sources);
    try (Workspace workspace = Workspace.create(directory, tokenizer, form)) {
      AddCommand.add(workspace, found, spec.commandLine());
    }
    return 0;
  }
}
