package io.openledger.attribution.cli;

import com.google.gson.JsonObject;
import io.openledger.api.spi.SpanIndex.State;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code stat}: how the index is. */
@Command(name = "stat", mixinStandardHelpOptions = true, description = "Says how the index is.")
@SuppressWarnings("NullAway.Init") // picocli sets them
final class StatCommand extends IndexCommand {

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  int on(Workspace workspace) {
    PrintWriter out = out();
    State state = workspace.index().state();
    if (json) {
      JsonObject object = new JsonObject();
      object.addProperty("documents", state.documents());
      object.addProperty("retracted", state.retracted());
      object.addProperty("tokens", state.tokens());
      object.addProperty("segments", state.segments());
      JsonObject forms = new JsonObject();
      workspace.index().forms().forEach((form, n) -> forms.addProperty(form.name(), n));
      object.add("forms", forms);
      object.addProperty("bytes", state.bytes());
      object.addProperty("refused", state.refused().size());
      object.addProperty("vocabulary", workspace.tokenizer().vocabularySize());
      object.addProperty("tokenizer", workspace.tokenizer().digest().hex());
      out.println(object);
    } else {
      out.printf("documents    %,d%n", state.documents());
      out.printf("retracted    %,d still on disk%n", state.retracted());
      out.printf("tokens       %,d%n", state.tokens());
      out.printf("segments     %d %s%n", state.segments(), workspace.index().forms());
      out.printf(
          Locale.ROOT,
          "on disk      %,d bytes, %.2f a token%n",
          state.bytes(),
          state.bytes() / (double) Math.max(1, state.tokens()));
      out.printf("vocabulary   %,d%n", workspace.tokenizer().vocabularySize());
      out.printf("tokenizer    %s%n", workspace.tokenizer().digest().hex());
      state.warnings().forEach(warning -> out.println("warning      " + warning));
      state.refused().forEach(reason -> out.println("refused      " + reason));
    }
    return 0;
  }
}
