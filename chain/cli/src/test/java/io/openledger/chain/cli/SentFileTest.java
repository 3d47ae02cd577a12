package io.openledger.chain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.contracts.DirectSender.Sent;
import io.openledger.chain.connector.keys.LocalSigner;
import io.openledger.chain.connector.tx.Eip1559Transaction;
import io.openledger.chain.connector.tx.Fees;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentFileTest {

  @TempDir Path folder;

  private static SignedTransaction signed(long nonce, long fee) {
    try (LocalSigner signer = LocalSigner.fromDigits("1".repeat(64).toCharArray())) {
      return signer.signTransaction(
          new Eip1559Transaction(
              901,
              nonce,
              new Fees(Wei.of(1), Wei.of(fee)),
              21_000,
              Optional.of(new ChainAddress("0x" + "2".repeat(40))),
              Wei.of(5),
              new byte[0]));
    }
  }

  @Test
  void isOnTheDiskBeforeItHasItsNameAndItsNameBeforeAnythingIsBroadcast() {
    Path file = folder.resolve("deposit.journal");
    List<String> forced = new ArrayList<>();
    Sent first = new Sent(3, List.of(signed(3, 10)));
    try (SentFile memory =
        SentFile.open(
            file,
            (what, open) -> {
              forced.add(folder.relativize(what).toString());
              assertThat(open.isOpen()).isTrue();
              assertThat(Files.exists(file))
                  .as("whether it has its name when %s is forced", what)
                  .isEqualTo(what.equals(folder));
              open.force(true);
            })) {
      memory.remember(first);
      assertThat(forced).containsExactly("deposit.journal.new", "");
    }
    // as after a power cut: another process, which has the file alone
    try (SentFile memory = SentFile.open(file)) {
      assertThat(memory.recall()).contains(first);
      Sent raised = new Sent(3, List.of(signed(3, 10), signed(3, 20)));
      memory.remember(raised);
      assertThat(memory.recall()).contains(raised);
      memory.forget();
      assertThat(memory.recall()).isEmpty();
    }
  }

  @Test
  void nothingIsBroadcastOfWhatCannotBeForced() {
    Path file = folder.resolve("deposit.journal");
    try (SentFile memory =
        SentFile.open(
            file,
            (what, open) -> {
              throw new IOException("no space left on device");
            })) {
      // the caller broadcasts only after this returned
      assertThatThrownBy(() -> memory.remember(new Sent(3, List.of(signed(3, 10)))))
          .isInstanceOfSatisfying(
              OpenLedgerException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
          .hasMessageContaining("was not sent");
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void refusesASecondRunThatWouldSendASecondTime() {
    Path file = folder.resolve("deposit.journal");
    SentFile first = SentFile.open(file);
    assertThatThrownBy(() -> SentFile.open(file))
        .isInstanceOfSatisfying(
            OpenLedgerException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
    first.close();
    SentFile.open(file).close();
  }

  @Test
  void refusesAFileOfSomethingElseAndAFolderThatIsNotThere() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "not a journal\n");
    try (SentFile memory = SentFile.open(file)) {
      assertThatThrownBy(memory::recall)
          .isInstanceOf(OpenLedgerException.class)
          .hasMessageContaining("notes.txt");
    }
    assertThatThrownBy(() -> SentFile.open(folder.resolve("none/deposit.journal")))
        .isInstanceOfSatisfying(
            OpenLedgerException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
  }
}
