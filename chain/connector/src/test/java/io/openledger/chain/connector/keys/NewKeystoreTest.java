package io.openledger.chain.connector.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.web3j.crypto.WalletUtils;

class NewKeystoreTest {

  @TempDir Path folder;

  @Test
  void writesWhatItsReaderAndWeb3jOpen() throws Exception {
    Path file = folder.resolve("key.json");
    char[] password = "correct horse ä".toCharArray();
    ChainAddress address = NewKeystore.create(file, password, new SecureRandom());
    assertThat(password).containsOnly('\0');
    try (LocalSigner signer = KeystoreFile.open(file, "correct horse ä".toCharArray())) {
      assertThat(signer.address()).isEqualTo(address);
    }
    assertThat(KeystoreFile.warning(file)).isEmpty();
    assertThat(WalletUtils.loadCredentials("correct horse ä", file.toFile()).getAddress())
        .isEqualTo(address.value());
    assertThatThrownBy(() -> KeystoreFile.open(file, "correct horse".toCharArray()))
        .isInstanceOf(OpenLedgerException.class);
  }

  @Test
  void neverWritesOverAFileAndWantsALongPassword() throws Exception {
    Path file = folder.resolve("key.json");
    Files.writeString(file, "the only copy");
    assertThatThrownBy(
            () -> NewKeystore.create(file, "long enough".toCharArray(), new SecureRandom()))
        .hasMessageContaining("does not exist yet");
    assertThat(file).hasContent("the only copy");
    assertThatThrownBy(
            () ->
                NewKeystore.create(
                    folder.resolve("other"), "7 chars".toCharArray(), new SecureRandom()))
        .hasMessageContaining("7 characters long");
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void looksForTheFileBeforeItMakesAKey() throws Exception {
    Path there = folder.resolve("key.json");
    Files.writeString(there, "the only copy");
    // a link to nowhere is in the way too
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), folder.resolve("nowhere"));
    for (Path file : List.of(there, link)) {
      char[] password = "long enough".toCharArray();
      SecureRandom unasked =
          new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
              throw new AssertionError("a key is made that cannot be written");
            }
          };
      assertThatThrownBy(() -> NewKeystore.create(file, password, unasked))
          .isInstanceOf(OpenLedgerException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("does not exist yet");
      assertThat(password).containsOnly('\0');
    }
  }

  @Test
  void keyIsOnTheDiskWithItsNameBeforeItsAddressIsTold() {
    Path file = folder.resolve("key.json");
    List<Path> forced = new ArrayList<>();
    NewKeystore.write(
        file,
        new byte[] {1, 2, 3},
        (what, open) -> {
          assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
          forced.add(what);
          open.force(true);
        });
    assertThat(forced).containsExactly(file, folder);
    Path lost = folder.resolve("lost.json");
    assertThatThrownBy(
            () ->
                NewKeystore.write(
                    lost,
                    new byte[] {1},
                    (what, open) -> {
                      throw new IOException("no space left on device");
                    }))
        .hasMessageContaining("no key was made");
    assertThat(lost).doesNotExist();
  }
}
