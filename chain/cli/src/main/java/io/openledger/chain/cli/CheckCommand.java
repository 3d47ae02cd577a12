package io.openledger.chain.cli;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.verify.Finding;
import io.openledger.chain.connector.verify.ReportCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code check}: a provenance report against the chain. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Checks a provenance report against the chain, without the server that made it.",
      "[ok] was compared and is so, [NO] is not so, [??] could not be compared.",
      "Exit code 1 when something is not so."
    })
@SuppressWarnings("NullAway.Init") // picocli sets them
final class CheckCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private NodeOptions node;

  @Option(
      names = "--book",
      required = true,
      paramLabel = "FILE",
      description = "Where the contracts are; they are verified first.")
  private Path book;

  @Option(
      names = "--report",
      required = true,
      paramLabel = "FILE",
      description = "The report as JSON, byte for byte as it was given out.")
  private Path report;

  @Option(
      names = "--publisher",
      required = true,
      paramLabel = "ADDRESS",
      description = "Who anchors for the ledger that you believe it to be of.")
  private String publisher;

  @Option(
      names = "--receipt-proof",
      paramLabel = "FILE",
      description = "The server's JSON that places the receipt in an epoch.")
  private @Nullable Path receiptProof;

  @Override
  public Integer call() throws IOException {
    AddressBook read = AddressBook.read(book);
    ChainAddress by = Addresses.parse(publisher);
    byte[] file = bytes(report);
    Path given = receiptProof;
    Optional<byte[]> place = given == null ? Optional.empty() : Optional.of(bytes(given));
    List<Finding> findings =
        node.ask(
            client -> {
              read.verify(client);
              return new ReportCheck(client, read, by).check(file, place);
            });
    PrintWriter out = spec.commandLine().getOut();
    findings.forEach(out::println);
    boolean wrong = findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.FAILS);
    boolean open = findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.OPEN);
    out.println(
        wrong
            ? "The report does not hold."
            : open ? "What could be compared holds; the rest is open." : "The report holds.");
    out.flush();
    return wrong ? Main.WRONG : 0;
  }

  private static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(ReportCheck.MAX_BYTES + 1);
      if (bytes.length > ReportCheck.MAX_BYTES) {
        throw OpenLedgerException.invalid(
            "the file " + file, "longer", "at most " + ReportCheck.MAX_BYTES + " bytes");
      }
      return bytes;
    }
  }
}
