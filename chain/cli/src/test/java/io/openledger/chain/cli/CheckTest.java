package io.openledger.chain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.chain.connector.support.Anvil;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, against a real node; what each step compares is tested where it is computed. */
class CheckTest {

  @TempDir Path folder;

  private static String report(String fee) {
    String receipt =
        "{\"answerHash\":\"00\",\"attribution\":{\"datanets\":[]},\"credits\":[],\"fee\":\""
            + fee
            + "\",\"model\":{\"digest\":\""
            + "ab".repeat(32)
            + "\",\"id\":\"base\"},\"policy\":{\"hash\":\""
            + "ab".repeat(32)
            + "\",\"name\":\"default\",\"version\":1}}";
    return "{\"contributions\":[],\"format\":\"openledger-report-1\",\"hash\":\""
        + Hash256.sha256(receipt)
        + "\",\"receipt\":"
        + receipt
        + "}";
  }

  @Test
  void tellsEachStepAndWhetherTheReportHolds() throws Exception {
    try (Anvil anvil = Anvil.start()) {
      Shell shell = new Shell(folder, anvil);
      Path book = folder.resolve("book.json");
      assertThat(
              shell.as(
                  0,
                  "deploy",
                  "--book",
                  book,
                  "--parameters",
                  "published-100",
                  "--set",
                  "parameters.policy-hash=" + "ab".repeat(32),
                  "--set",
                  "rewards.updater=" + anvil.signer(1).address(),
                  "--set",
                  "rewards.guardian=" + anvil.signer(2).address()))
          .as(shell.err())
          .isZero();
      Path file = folder.resolve("report.json");
      Object[] command = {
        "check", "--book", book, "--report", file, "--publisher", anvil.signer(3).address()
      };
      Files.writeString(file, report("0"));
      assertThat(shell.chain(command)).as(shell.err()).isZero();
      assertThat(shell.out())
          .contains("[ok] the receipt's hash is the SHA-256 of its bytes")
          .contains("[ok] policy default version 1")
          .contains("[??] model base: nothing is anchored")
          .contains("What could be compared holds; the rest is open.");
      Files.writeString(file, report("5"));
      assertThat(shell.chain(command)).isEqualTo(Main.WRONG);
      assertThat(shell.out())
          .contains("[NO] what is credited adds up to 0 wei, and the fee is 5 wei")
          .contains("The report does not hold.");
      Files.writeString(file, "no report");
      assertThat(shell.chain(command)).isEqualTo(Main.FAILED);
      assertThat(shell.err()).contains("OPENLEDGER-1001");
    }
  }
}
