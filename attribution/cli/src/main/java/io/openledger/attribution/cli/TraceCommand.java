package io.openledger.attribution.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.openledger.api.attribution.SpanCredit;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.datanet.ContributionId;
import io.openledger.api.datanet.DatanetId;
import io.openledger.api.spi.TokenizedText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code trace}: what a text takes from the documents. */
@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    description = "Shows which stretches of a text stand word for word in documents, and in which.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class TraceCommand implements Callable<Integer> {

  private static final DatanetId CORPUS = new DatanetId("corpus");

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "INDEX", description = "The folder of the index.")
  private Path directory;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The text, UTF-8; without it, or for -, standard input.")
  private @Nullable Path file;

  @Mixin private EvidenceOptions evidence;

  @Option(
      names = "--list",
      paramLabel = "N",
      defaultValue = "3",
      description = "Documents listed for each stretch, 1 to 1000; default ${DEFAULT-VALUE}.")
  private int listed;

  @Option(
      names = "--cut-words",
      description = "Also stretches that begin or end within a word of the text.")
  private boolean cutWords;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    String text = InputText.read(file);
    try (Workspace workspace = Workspace.open(directory)) {
      TokenizedText tokens = workspace.tokenizer().encode(text);
      long start = System.nanoTime();
      List<SpanMatch> spans =
          workspace
              .engine()
              .trace(
                  text,
                  workspace.tokenizer(),
                  Map.of(CORPUS, workspace.index()),
                  new SpanThresholds(
                      evidence.minimumTokens(),
                      evidence.minimumMillibits(),
                      listed,
                      !cutWords,
                      SpanThresholds.ALL_SPANS));
      double millis = (System.nanoTime() - start) / 1e6;
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(json(text, tokens.length(), spans, workspace.documents()));
      } else {
        print(out, text, tokens.length(), spans, millis, workspace.documents());
      }
    }
    return 0;
  }

  private static JsonObject json(
      String text, int tokens, List<SpanMatch> spans, Documents documents) {
    JsonArray array = new JsonArray();
    for (SpanMatch span : spans) {
      JsonObject one = new JsonObject();
      one.addProperty("start", span.start());
      one.addProperty("end", span.end());
      one.addProperty("text", text.substring(span.start(), span.end()));
      one.addProperty("tokens", span.tokens());
      one.addProperty("millibits", span.millibits());
      one.addProperty("creditedMillibits", span.creditedMillibits());
      one.addProperty("occurrences", span.occurrences());
      one.addProperty("documentCount", span.contributionCount());
      JsonArray names = new JsonArray();
      for (ContributionId id : span.contributions()) {
        JsonObject document = new JsonObject();
        document.addProperty("sequence", id.sequence());
        document.addProperty("name", documents.name(id.sequence()));
        names.add(document);
      }
      one.add("documents", names);
      // whose words they are, the first in the order of the documents
      JsonArray owners = new JsonArray();
      for (SpanCredit credit : span.credits()) {
        JsonObject owner = new JsonObject();
        owner.addProperty("sequence", credit.contribution().sequence());
        owner.addProperty("name", documents.name(credit.contribution().sequence()));
        owner.addProperty("millibits", credit.millibits());
        owners.add(owner);
      }
      one.add("credited", owners);
      array.add(one);
    }
    JsonObject whole = new JsonObject();
    whole.addProperty("tokens", tokens);
    whole.add("spans", array);
    return whole;
  }

  private static void print(
      PrintWriter out,
      String text,
      int tokens,
      List<SpanMatch> spans,
      double millis,
      Documents documents) {
    out.printf(
        Locale.ROOT, "%d tokens; stretches found: %d, in %.2f ms%n", tokens, spans.size(), millis);
    for (SpanMatch span : spans) {
      out.println();
      // what comes from outside goes in as text, never as markup: it may hold @| itself
      out.println(
          Ansi.AUTO.new Text("@|bold,fg(cyan) \u201c|@").toString()
              + printable(text.substring(span.start(), span.end()))
              + Ansi.AUTO.new Text("@|bold,fg(cyan) \u201d|@").toString());
      out.printf(
          Locale.ROOT,
          "  %d tokens, %.1f bits, %d times in %d documents%n",
          span.tokens(),
          span.millibits() / (double) EvidenceOptions.MILLI,
          span.occurrences(),
          span.contributionCount());
      for (ContributionId id : span.contributions()) {
        out.println("  #" + id.sequence() + " " + printable(documents.name(id.sequence())));
      }
      long more = span.contributionCount() - span.contributions().size();
      if (more > 0) {
        out.println("  and " + more + " more");
      }
    }
  }

  /** Control characters would let a document write on the terminal. */
  static String printable(String text) {
    return text.strip().replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "\uFFFD");
  }
}
