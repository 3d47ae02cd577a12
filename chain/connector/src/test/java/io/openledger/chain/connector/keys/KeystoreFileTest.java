package io.openledger.chain.connector.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.web3j.crypto.ECKeyPair;
import org.web3j.crypto.Keys;
import org.web3j.crypto.Wallet;
import org.web3j.protocol.ObjectMapperFactory;

class KeystoreFileTest {

  /** The example of the "Web3 Secret Storage Definition"; its password is "testpassword". */
  private static final String PBKDF2 =
      """
      {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
      "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
      "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
      "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
      "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"version":3}""";

  /**
   * The other example, at geth's standard cost, so that its key is not what the definition says.
   */
  private static final String SCRYPT =
      """
      {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
      "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt",
      "kdfparams":{"dklen":32,"n":262144,"r":8,"p":1,
      "salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
      "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"version":3}""";

  private static final String ADDRESS = "0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b";

  @TempDir Path folder;

  private Path file(String content) throws Exception {
    return Files.writeString(folder.resolve("key.json"), content);
  }

  @Test
  void opensTheExampleOfTheDefinitionAndErasesThePassword() throws Exception {
    char[] password = "testpassword".toCharArray();
    assertThat(KeystoreFile.open(file(PBKDF2), password).address().value()).isEqualTo(ADDRESS);
    assertThat(password).containsOnly('\0');
    Path passwordFile = Files.writeString(folder.resolve("password"), "testpassword\r\nrest");
    assertThat(KeystoreFile.open(file(PBKDF2), passwordFile).address().value()).isEqualTo(ADDRESS);
  }

  @Test
  void opensWhatWeb3jWritesAtGethsStandardCost() throws Exception {
    ECKeyPair pair = Keys.createEcKeyPair();
    String json =
        ObjectMapperFactory.getObjectMapper()
            .writeValueAsString(Wallet.createStandard("pässword", pair));
    assertThat(json).contains("\"n\":262144");
    assertThat(KeystoreFile.open(file(json), "pässword".toCharArray()).address().value())
        .isEqualTo("0x" + Keys.getAddress(pair));
  }

  @Test
  void refusesAWrongPasswordAndDoesNotRepeatIt() throws Exception {
    Path file = file(PBKDF2);
    assertThatThrownBy(() -> KeystoreFile.open(file, "not-the-word".toCharArray()))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageContaining("cannot be opened with this password")
        .hasMessageNotContaining("not-the-word");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"n\":262144|\"n\":1073741824|over the limit",
        "\"n\":262144|\"n\":262143|over the limit",
        "\"n\":262144|\"n\":-2|over the limit",
        "\"r\":8|\"r\":1000000000000|over the limit",
        "\"r\":8|\"r\":16|over the limit",
        "\"r\":8|\"r\":1|over the limit",
        "\"p\":1|\"p\":64|over the limit",
        "\"p\":1|\"p\":0|over the limit",
        "\"dklen\":32|\"dklen\":2000000000|32",
        "\"version\":3|\"version\":4|version 3",
        "aes-128-ctr|none|aes-128-ctr",
        "\"kdf\":\"scrypt\"|\"kdf\":\"md5\"|scrypt or pbkdf2",
        "83dbcc02|zzzzzzzz|not hexadecimal",
        "83dbcc02|83|wrong length"
      })
  void refusesFilesThatCostTooMuchOrAreDamaged(String what, String instead, String message)
      throws Exception {
    assertThat(SCRYPT).contains(what);
    Path file = file(SCRYPT.replace(what, instead));
    assertThatThrownBy(() -> KeystoreFile.open(file, "testpassword".toCharArray()))
        .hasMessageContaining("OPENLEDGER-5013")
        .hasMessageContaining(message);
  }

  @Test
  void refusesRoundsOverTheLimitDeepNestingLongFilesAndForeignAddresses() throws Exception {
    for (String content :
        new String[] {
          PBKDF2.replace("262144", "10000001"),
          "[".repeat(2000),
          " ".repeat(KeystoreFile.MAX_BYTES) + PBKDF2,
          "no json of ours",
          PBKDF2.replace("\"version\"", "\"address\":\"" + "11".repeat(20) + "\",\"version\"")
        }) {
      Path file = file(content);
      assertThatThrownBy(() -> KeystoreFile.open(file, "testpassword".toCharArray()))
          .hasMessageContaining("OPENLEDGER-5013")
          .hasMessageNotContaining("no json of ours");
    }
  }

  @Test
  void warnsOfFilesThatOthersMayRead() throws Exception {
    Path file = file(PBKDF2);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(KeystoreFile.warning(file)).get().asString().contains("chmod 600");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(KeystoreFile.warning(file)).isEmpty();
  }
}
