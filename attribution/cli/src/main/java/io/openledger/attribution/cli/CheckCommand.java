package io.openledger.attribution.cli;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.attribution.SpanClaim;
import io.openledger.api.spi.TokenizedText;
import io.openledger.attribution.proof.SpanVerifier;
import io.openledger.serving.model.HubTokenizer;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check}: verifies proofs with nothing but a root. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Verifies proofs against a published root; needs no index.",
      "Exit code 1 when one is refused or a stretch is not shown to be maximal."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "PROOFS",
      description = "What prove, or a server's api/reports/RECEIPT/proofs, has written.")
  private Path file;

  @Option(
      names = "--root",
      required = true,
      paramLabel = "HEX",
      description =
          "A root as it was published, not as it stands in PROOFS. More than one where the proofs"
              + " are of several.")
  private List<String> roots;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "The text that the proofs are of; with --tokenizer.")
  private @Nullable Path text;

  @Option(
      names = "--tokenizer",
      paramLabel = "PATH",
      description = "The tokenizer.json, or a folder with one; with --text.")
  private @Nullable Path tokenizer;

  private int refused;

  @Override
  public Integer call() throws Exception {
    if ((text == null) != (tokenizer == null)) {
      throw new ParameterException(spec.commandLine(), "Say --text and --tokenizer, or neither.");
    }
    List<Hash256> published = roots.stream().map(Hash256::parse).toList();
    ProofFile proofs = ProofFile.read(file);
    Optional<ClaimedText> claimed = Optional.empty();
    if (text != null && tokenizer != null) {
      claimed = Optional.of(claimed(proofs, InputText.read(text), tokenizer));
    }
    PrintWriter out = spec.commandLine().getOut();
    for (ProofFile.Entry entry : proofs.proofs()) {
      check(out, published, entry, claimed);
    }
    if (claimed.isPresent()) {
      for (String unproved : claimed.get().unproved()) {
        out.println("refused " + unproved + ": no proof shows that it is maximal");
        refused++;
      }
    }
    out.println(
        (proofs.proofs().size() == 0 ? "nothing to check" : proofs.proofs().size() + " proofs")
            + ", "
            + (refused == 0 ? "none refused" : refused + " refused"));
    trusted(out, claimed.isPresent());
    return refused == 0 ? 0 : Main.WRONG;
  }

  private static ClaimedText claimed(ProofFile proofs, String text, Path tokenizer)
      throws Exception {
    if (!Hash256.sha256(text).equals(proofs.text())) {
      throw OpenLedgerException.invalid(
          "the text's SHA-256", Hash256.sha256(text), proofs.text() + ", as the proofs say");
    }
    Path named = Files.isDirectory(tokenizer) ? tokenizer.resolve(Workspace.TOKENIZER) : tokenizer;
    Path folder = named.toAbsolutePath().getParent();
    if (folder == null || !Files.isRegularFile(named) || !named.endsWith(Workspace.TOKENIZER)) {
      throw OpenLedgerException.invalidText(
          "the tokenizer", tokenizer.toString(), "a tokenizer.json, or a folder with one");
    }
    try (HubTokenizer opened = HubTokenizer.open(folder, Workspace.cache())) {
      List<TokenizedText> readings = new ArrayList<>(List.of(opened.encode(text)));
      opened.encodeBehindBlank(text).ifPresent(readings::add);
      return new ClaimedText(readings, opened.digest());
    }
  }

  private void check(
      PrintWriter out,
      List<Hash256> published,
      ProofFile.Entry entry,
      Optional<ClaimedText> claimed) {
    SpanClaim claim = entry.claim();
    String what = "characters " + entry.start() + " to " + entry.end();
    try {
      if (!published.contains(entry.root())) {
        throw OpenLedgerException.invalid("the root", entry.root(), "one that was published");
      }
      SpanVerifier.verify(entry.root(), claim, entry.proof());
      claimed.ifPresent(text -> text.require(entry));
    } catch (OpenLedgerException e) {
      out.println("refused " + what + ": " + e.arrived() + "; allowed: " + e.allowed());
      refused++;
      return;
    }
    out.println(
        "good    "
            + what
            + ": "
            + claim.tokens().size()
            + " tokens at "
            + claim.offset()
            + " of "
            + claim.contribution()
            + "; longer to the left "
            + (claim.previous().isPresent() ? "nowhere" : "not claimed")
            + ", to the right "
            + (claim.next().isPresent() ? "nowhere" : "not claimed")
            + "; "
            + entry.proof().length
            + " bytes");
  }

  private static void trusted(PrintWriter out, boolean text) {
    out.println("trusted: that the root is the one that was published; SHA-256;");
    out.println("  that who made the root listed every prefix of every document, in order");
    out.println(
        text
            ? "  (the tokens are those that the tokenizer makes of the text: checked)"
            : "  that the tokens are those of the text: give --text and --tokenizer to check");
  }
}
