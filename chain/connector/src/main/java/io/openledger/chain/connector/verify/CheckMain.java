package io.openledger.chain.connector.verify;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.CumulativeSettlement;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.rpc.ChainClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@link ReportCheck} for a command line. */
public final class CheckMain {

  /** How it is called. */
  public static final String USAGE =
      "check --report FILE --book FILE --endpoint URL --publisher ADDRESS [--receipt-proof FILE]\n"
          + "  --report         a provenance report as JSON, byte for byte as it was given out\n"
          + "  --book           where the contracts are; their code and roles are verified first\n"
          + "  --endpoint       a node of the chain that you trust\n"
          + "  --publisher      whose ledger you believe it to be: the key that anchors for it\n"
          + "  --receipt-proof  the server's JSON that places the receipt in an epoch";

  private static final List<String> KNOWN =
      List.of("--report", "--book", "--endpoint", "--publisher", "--receipt-proof");

  private CheckMain() {}

  /**
   * Checks, and prints a line for each step.
   *
   * @param connect makes a client of an endpoint's URL
   * @return 0 if everything that could be compared holds, 1 if something does not, 2 if it could not
   *     be checked
   */
  public static int run(
      List<String> arguments, Function<String, ChainClient> connect, PrintStream out) {
    try {
      Map<String, String> options = options(arguments);
      AddressBook book = AddressBook.read(Path.of(required(options, "--book")));
      ChainAddress publisher = new CumulativeSettlement().parseAddress(required(options, "--publisher"));
      byte[] report = read(required(options, "--report"));
      @Nullable String proof = options.get("--receipt-proof");
      Optional<byte[]> receiptProof = proof == null ? Optional.empty() : Optional.of(read(proof));
      ChainClient client = connect.apply(required(options, "--endpoint"));
      book.verify(client);
      out.println("[ok] the contracts on chain " + book.chainId() + " are those of the book");
      List<Finding> findings =
          new ReportCheck(client, book, publisher).check(report, receiptProof);
      findings.forEach(out::println);
      boolean failed = findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.FAILS);
      boolean open = findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.OPEN);
      out.println(
          failed
              ? "The report does not hold."
              : open
                  ? "All that could be compared holds; what is marked [??] could not be compared."
                  : "The report holds.");
      return failed ? 1 : 0;
    } catch (OpenLedgerException e) {
      out.println(e.getMessage());
      return 2;
    }
  }

  private static Map<String, String> options(List<String> arguments) {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      if (!KNOWN.contains(option) || i + 1 == arguments.size()) {
        throw OpenLedgerException.invalidText("argument", option, USAGE);
      }
      options.put(option, arguments.get(i + 1));
    }
    return options;
  }

  private static String required(Map<String, String> options, String option) {
    @Nullable String value = options.get(option);
    if (value == null) {
      throw OpenLedgerException.invalid(option, "missing", USAGE);
    }
    return value;
  }

  private static byte[] read(String file) {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      // one byte more than allowed is enough to be refused
      return in.readNBytes(ReportFile.MAX_BYTES + 1);
    } catch (IOException e) {
      throw OpenLedgerException.invalidText("file", file, "a file that can be read");
    }
  }
}
