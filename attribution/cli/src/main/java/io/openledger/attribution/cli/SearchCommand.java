package io.openledger.attribution.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanQueries;
import io.openledger.api.spi.SpanQueries.Found;
import io.openledger.api.spi.TokenizedText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code search}: documents that hold every phrase. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = {
      "Finds the documents that hold every phrase, word for word.",
      "A phrase is found however its first word is cut into tokens. Exit code 1 when there is none."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class SearchCommand extends IndexCommand {

  private static final int MOST = 1000;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "PHRASE",
      description = "Whole words; one that is cut short is not found.")
  private List<String> phrases = new ArrayList<>();

  @Option(
      names = "--list",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many documents are listed, 0 to 1000; default ${DEFAULT-VALUE}.")
  private int listed;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  int on(Workspace workspace) {
    if (listed < 0 || listed > MOST) {
      throw OpenLedgerException.invalid("--list", listed, "0 to " + MOST);
    }
    List<List<int[]>> readings = phrases.stream().map(p -> readings(p, workspace)).toList();
    Found found = workspace.index().search(readings, listed);
    long[] counts = readings.stream().mapToLong(rs -> count(rs, workspace.index())).toArray();
    if (json) {
      out().println(json(found, counts, workspace.documents()));
    } else {
      print(out(), found, counts, workspace.documents());
    }
    return found.documentCount() > 0 ? 0 : Main.WRONG;
  }

  private static List<int[]> readings(String phrase, Workspace workspace) {
    List<int[]> readings =
        workspace.engine().readings(phrase, workspace.tokenizer()).stream()
            .map(TokenizedText::tokens)
            .filter(tokens -> tokens.length > 0)
            .toList();
    if (readings.isEmpty()) {
      throw OpenLedgerException.invalidText("a phrase", phrase, "at least one token");
    }
    boolean alike = readings.size() == 2 && Arrays.equals(readings.get(0), readings.get(1));
    return alike ? readings.subList(0, 1) : readings;
  }

  private static long count(List<int[]> readings, SpanQueries index) {
    return readings.stream().mapToLong(tokens -> index.count(tokens, 0, tokens.length)).sum();
  }

  private JsonObject json(Found found, long[] counts, Documents documents) {
    JsonArray each = new JsonArray();
    for (int i = 0; i < counts.length; i++) {
      JsonObject one = new JsonObject();
      one.addProperty("phrase", phrases.get(i));
      one.addProperty("occurrences", counts[i]);
      each.add(one);
    }
    JsonArray names = new JsonArray();
    for (long sequence : found.documents()) {
      JsonObject document = new JsonObject();
      document.addProperty("sequence", sequence);
      document.addProperty("name", documents.name(sequence));
      names.add(document);
    }
    JsonObject whole = new JsonObject();
    whole.add("phrases", each);
    whole.addProperty("documentCount", found.documentCount());
    whole.add("documents", names);
    return whole;
  }

  private void print(PrintWriter out, Found found, long[] counts, Documents documents) {
    for (int i = 0; i < counts.length; i++) {
      out.println(
          "\u201c" + TraceCommand.printable(phrases.get(i)) + "\u201d " + counts[i] + " times");
    }
    out.println(found.documentCount() + " documents hold all of them");
    for (long sequence : found.documents()) {
      out.println("  #" + sequence + " " + TraceCommand.printable(documents.name(sequence)));
    }
    long more = found.documentCount() - found.documents().length;
    if (more > 0 && listed > 0) {
      out.println("  and " + more + " more");
    }
  }
}
