package io.openledger.attribution.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex.Occurrences;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code count}: how often, and where, a phrase occurs. */
@Command(
    name = "count",
    mixinStandardHelpOptions = true,
    description = "Counts a phrase exactly, token by token. Exit code 1 when it is nowhere.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class CountCommand implements Callable<Integer> {

  private static final int MOST = 1000;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  @Parameters(
      index = "1",
      paramLabel = "PHRASE",
      description = "With a leading blank where the phrase follows one: ' of the'.")
  private String phrase;

  @Option(
      names = "--list",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many documents are listed, 0 to 1000; default ${DEFAULT-VALUE}.")
  private int listed;

  @Override
  public Integer call() throws Exception {
    if (listed < 0 || listed > MOST) {
      throw OpenLedgerException.invalid("--list", listed, "0 to " + MOST);
    }
    try (Workspace workspace = Workspace.open(directory)) {
      int[] tokens = workspace.tokenizer().encode(phrase).tokens();
      if (tokens.length == 0) {
        throw OpenLedgerException.invalidText("the phrase", phrase, "at least one token");
      }
      Occurrences found = workspace.index().locate(tokens, 0, tokens.length, listed);
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          found.occurrences()
              + " times in "
              + found.documentCount()
              + " documents ("
              + tokens.length
              + " tokens)");
      for (long sequence : found.documents()) {
        out.println("  #" + sequence + " " + workspace.documents().name(sequence));
      }
      if (found.documentCount() > found.documents().length && listed > 0) {
        out.println("  and " + (found.documentCount() - found.documents().length) + " more");
      }
      return found.occurrences() > 0 ? 0 : Main.WRONG;
    }
  }
}
