package io.openledger.attribution.cli;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.attribution.SpanMatch;
import io.openledger.api.attribution.SpanThresholds;
import io.openledger.api.spi.CommittedCorpus;
import io.openledger.api.spi.TokenizedText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code prove}: proofs of what a text takes from the documents. */
@Command(
    name = "prove",
    mixinStandardHelpOptions = true,
    description = {
      "Traces a text and proves of each stretch that it stands in a document and that no",
      "document has it longer, under the root that commit printed. Takes as long as commit.",
      "A proof shows up to 62 tokens of the document around the stretch."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class ProveCommand extends IndexCommand {

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The text, UTF-8; without it, or for -, standard input.")
  private @Nullable Path file;

  @Mixin private EvidenceOptions evidence;

  @Option(
      names = "--out",
      paramLabel = "PROOFS",
      description = "Where the proofs go, JSON; default: standard output.")
  private @Nullable Path proofs;

  @Override
  int on(Workspace workspace) throws Exception {
    String text = InputText.read(file);
    Commitment committed = Commitment.read(workspace.commitment());
    CommittedCorpus corpus = unchanged(workspace, committed);
    TokenizedText tokens = workspace.tokenizer().encode(text);
    List<SpanMatch> spans =
        workspace
            .engine()
            .trace(
                tokens,
                Map.of(Commitment.CORPUS, workspace.index()),
                new SpanThresholds(evidence.minimumTokens(), evidence.minimumMillibits(), 1));
    List<ProofFile.Entry> entries = new ArrayList<>();
    int left = 0;
    long start = System.nanoTime();
    for (SpanMatch span : spans) {
      if (span.tokens() > SpanClaim.MOST_TOKENS) {
        left++;
        continue;
      }
      for (CommittedCorpus.Proof proof : corpus.prove(tokens, span, span.contributions().get(0))) {
        entries.add(
            new ProofFile.Entry(
                span.start(), span.end(), corpus.root(), proof.claim(), proof.bytes()));
      }
    }
    double millis = (System.nanoTime() - start) / 1e6;
    String json = new ProofFile(Hash256.sha256(text), entries).json(workspace.documents()) + "\n";
    if (proofs == null) {
      out().print(json);
    } else {
      Files.writeString(proofs, json);
    }
    err()
        .printf(
            Locale.ROOT,
            "%d stretches, %d proofs of at most %d bytes, made in %.1f ms%n",
            spans.size(),
            entries.size(),
            entries.stream().mapToInt(entry -> entry.proof().length).max().orElse(0),
            millis);
    if (left > 0) {
      err()
          .println(
              left
                  + " stretches have more than "
                  + SpanClaim.MOST_TOKENS
                  + " tokens and no proof: split the text");
    }
    return left > 0 ? Main.WRONG : 0;
  }

  private static CommittedCorpus unchanged(Workspace workspace, Commitment committed) {
    if (workspace.index().totalTokens() == committed.tokens()
        && workspace.index().documents().length == committed.documents()) {
      CommittedCorpus corpus = Commitment.make(workspace);
      if (corpus.root().equals(committed.root())) {
        return corpus;
      }
    }
    throw OpenLedgerException.invalidText(
        "the commitment of " + committed.created(),
        "of other documents than the index has now",
        "the newest: run the command commit, and publish its root");
  }
}
