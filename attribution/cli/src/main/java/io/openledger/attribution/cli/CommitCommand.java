package io.openledger.attribution.cli;

import io.openledger.api.spi.CommittedCorpus;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code commit}: the root to publish. */
@Command(
    name = "commit",
    mixinStandardHelpOptions = true,
    description = {
      "Commits to the documents as they are: prints one root. Who has published it can prove",
      "what texts take from the documents to anyone who holds nothing but the root.",
      "Needs 40 bytes of heap for each token (-Xmx)."
    })
final class CommitCommand extends IndexCommand {

  @Override
  int on(Workspace workspace) throws Exception {
    long start = System.nanoTime();
    CommittedCorpus corpus = Commitment.make(workspace);
    double nanos = System.nanoTime() - start;
    Commitment made =
        new Commitment(
            corpus.root(),
            workspace.index().documents().length,
            corpus.tokens(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS));
    made.write(workspace.commitment());
    PrintWriter out = out();
    out.println("root         " + made.root().hex());
    out.printf(
        Locale.ROOT,
        "%d documents with %d tokens committed to in %.1f s (%.0f ns a token)%n",
        made.documents(),
        made.tokens(),
        nanos / 1e9,
        nanos / Math.max(1, made.tokens()));
    return 0;
  }
}
