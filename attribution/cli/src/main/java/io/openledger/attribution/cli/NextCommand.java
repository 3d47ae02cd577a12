package io.openledger.attribution.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.spi.SpanIndex;
import io.openledger.api.spi.SpanQueries.Continuations;
import io.openledger.api.spi.TextTokenizer;
import io.openledger.api.spi.TokenizedText;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code next}: what the documents say after a text. */
@Command(
    name = "next",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what follows a text in the documents, with probabilities.",
      "This is the next-token distribution of the \u221e-gram model, which looks at the longest end"
          + " of the text that occurs in a document. Exit code 1 when not even its last token does."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class NextCommand extends IndexCommand {

  private static final int MOST = 1000;
  private static final int LONGEST_TEXT = 1 << 16;

  @Parameters(
      index = "1",
      paramLabel = "TEXT",
      description = "Without a blank at its end, which would be a token of its own.")
  private String text;

  @Option(
      names = "--list",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many tokens are listed, 0 to 1000; default ${DEFAULT-VALUE}.")
  private int listed;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  /**
   * What is known after one reading of the text.
   *
   * @param context how many tokens the longest suffix that occurs has
   */
  private record Known(TokenizedText reading, int context, Continuations next) {

    static Known of(TokenizedText reading, SpanIndex index) {
      int[] tokens = reading.tokens();
      int context = index.longestEnding(tokens, tokens.length);
      return new Known(
          reading, context, index.continuations(tokens, tokens.length - context, tokens.length));
    }

    int start() {
      int first = reading.length() - context;
      return context > 0 ? reading.starts()[first] : first == 0 ? 0 : reading.ends()[first - 1];
    }

    double probability(long count) {
      return count / (double) Math.max(1, next.occurrences());
    }

    /** Places in the distribution, most frequent first, ties by id. */
    List<Integer> frequentFirst() {
      return IntStream.range(0, next.tokens().length)
          .boxed()
          .sorted(Comparator.comparingLong(i -> -next.counts()[i]))
          .toList();
    }
  }

  @Override
  int on(Workspace workspace) {
    if (listed < 0 || listed > MOST) {
      throw OpenLedgerException.invalid("--list", listed, "0 to " + MOST);
    }
    if (text.length() > LONGEST_TEXT) {
      throw OpenLedgerException.invalid(
          "the text", text.length() + " characters", "at most " + LONGEST_TEXT);
    }
    Known best =
        workspace.engine().readings(text, workspace.tokenizer()).stream()
            .map(reading -> Known.of(reading, workspace.index()))
            // by characters: one reading may cut the same words into more tokens than the other
            .min(
                Comparator.comparingInt(Known::start)
                    .thenComparingLong(known -> -known.next().occurrences()))
            .orElseThrow();
    List<Integer> shown = best.frequentFirst().stream().limit(listed).toList();
    if (json) {
      out().println(json(best, shown, workspace.tokenizer()));
    } else {
      print(out(), best, shown, workspace.tokenizer());
    }
    return best.context() == 0 && best.reading().length() > 0 ? Main.WRONG : 0;
  }

  private JsonObject json(Known best, List<Integer> shown, TextTokenizer tokenizer) {
    JsonArray tokens = new JsonArray();
    for (int i : shown) {
      JsonObject one = new JsonObject();
      one.addProperty("token", best.next().tokens()[i]);
      one.addProperty("text", decode(best, i, tokenizer));
      one.addProperty("count", best.next().counts()[i]);
      one.addProperty("probability", best.probability(best.next().counts()[i]));
      tokens.add(one);
    }
    JsonObject whole = new JsonObject();
    whole.addProperty("tokens", best.reading().length());
    whole.addProperty("contextTokens", best.context());
    whole.addProperty("contextStart", best.start());
    whole.addProperty("occurrences", best.next().occurrences());
    whole.addProperty("ends", best.next().ends());
    whole.addProperty("distinct", best.next().tokens().length);
    whole.add("next", tokens);
    return whole;
  }

  private void print(PrintWriter out, Known best, List<Integer> shown, TextTokenizer tokenizer) {
    out.printf(
        Locale.ROOT,
        "the last %d of %d tokens occur, %d times: %s%n",
        best.context(),
        best.reading().length(),
        best.next().occurrences(),
        quoted(text.substring(best.start())));
    for (int i : shown) {
      line(out, best, best.next().counts()[i], quoted(decode(best, i, tokenizer)));
    }
    if (best.next().ends() > 0) {
      line(out, best, best.next().ends(), "the end of a document");
    }
    int more = best.next().tokens().length - shown.size();
    if (more > 0 && listed > 0) {
      out.println("  and " + more + " more tokens");
    }
  }

  private static void line(PrintWriter out, Known best, long count, String what) {
    out.printf(Locale.ROOT, "  %.6f %9d  %s%n", best.probability(count), count, what);
  }

  private static String decode(Known best, int i, TextTokenizer tokenizer) {
    return tokenizer.decode(new int[] {best.next().tokens()[i]});
  }

  /** Blanks matter here; control characters would let a document write on the terminal. */
  private static String quoted(String text) {
    return "\u201c" + text.replace("\n", "\\n").replaceAll("\\p{Cntrl}", "\uFFFD") + "\u201d";
  }
}
