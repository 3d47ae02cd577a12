package io.openledger.attribution.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanQueries.Positions;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code count}: how often, and where, a phrase occurs. */
@Command(
    name = "count",
    mixinStandardHelpOptions = true,
    description = {
      "Counts a phrase exactly, token by token, and lists where it stands.",
      "Places are documents, and tokens of each, from 0. Exit code 1 when it is nowhere."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class CountCommand extends IndexCommand {

  private static final int MOST = 1000;

  @Parameters(
      index = "1",
      paramLabel = "PHRASE",
      description = "With a leading blank where the phrase follows one: ' of the'.")
  private String phrase;

  @Option(
      names = "--list",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "How many occurrences are listed, 0 to 1000; default ${DEFAULT-VALUE}. Where there are"
              + " more, it is a sample.")
  private int listed;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "0",
      description = "Of the sample: the same seed gives the same one; default ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  int on(Workspace workspace) {
    if (listed < 0 || listed > MOST) {
      throw OpenLedgerException.invalid("--list", listed, "0 to " + MOST);
    }
    int[] tokens = workspace.tokenizer().encode(phrase).tokens();
    if (tokens.length == 0) {
      throw OpenLedgerException.invalidText("the phrase", phrase, "at least one token");
    }
    Positions found = workspace.index().positions(tokens, 0, tokens.length, listed, seed);
    if (json) {
      out().println(json(tokens.length, found, workspace.documents()));
    } else {
      print(out(), tokens.length, found, workspace.documents());
    }
    return found.occurrences() > 0 ? 0 : Main.WRONG;
  }

  private JsonObject json(int tokens, Positions found, Documents documents) {
    JsonArray places = new JsonArray();
    for (int i = 0; i < found.starts().length; i++) {
      JsonObject place = new JsonObject();
      place.addProperty("sequence", found.sequences()[i]);
      place.addProperty("name", documents.name(found.sequences()[i]));
      place.addProperty("start", found.starts()[i]);
      places.add(place);
    }
    JsonObject whole = new JsonObject();
    whole.addProperty("tokens", tokens);
    whole.addProperty("occurrences", found.occurrences());
    whole.addProperty("documentCount", found.documentCount());
    whole.addProperty("sampled", found.sampled());
    if (found.sampled()) {
      whole.addProperty("seed", seed);
    }
    whole.add("places", places);
    return whole;
  }

  private void print(PrintWriter out, int tokens, Positions found, Documents documents) {
    out.println(
        found.occurrences()
            + " times in "
            + found.documentCount()
            + " documents ("
            + tokens
            + " tokens)");
    if (found.sampled() && listed > 0) {
      out.println("a sample of " + listed + ", with seed " + seed + ":");
    }
    for (int i = 0; i < found.starts().length; i++) {
      boolean first = i == 0 || found.sequences()[i] != found.sequences()[i - 1];
      if (first) {
        out.print(
            (i == 0 ? "" : System.lineSeparator())
                + "  #"
                + found.sequences()[i]
                + " "
                + TraceCommand.printable(documents.name(found.sequences()[i]))
                + " at ");
      }
      out.print((first ? "" : ", ") + found.starts()[i]);
    }
    if (found.starts().length > 0) {
      out.println();
    }
  }
}
