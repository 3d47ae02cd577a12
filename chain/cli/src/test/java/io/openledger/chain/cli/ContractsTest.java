package io.openledger.chain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deploying, attaching and checking, against a real node. */
class ContractsTest {

  private static Anvil anvil;

  @TempDir Path folder;
  private Shell shell;

  @BeforeAll
  static void start() {
    anvil = Anvil.start(AnvilOptions.USUAL.withChainId(161201));
  }

  @AfterAll
  static void stop() {
    if (anvil != null) {
      anvil.close();
    }
  }

  @BeforeEach
  void open() {
    shell = new Shell(folder, anvil);
  }

  private static Object[] deployment(Path book, Object... more) {
    return Stream.concat(
            Stream.of(
                "deploy",
                "--chain-id",
                161201,
                "--book",
                book,
                "--parameters",
                "published-100",
                "--set",
                "parameters.policy-hash=" + "ab".repeat(32),
                "--set",
                "rewards.updater=" + anvil.signer(1).address(),
                "--set",
                "rewards.guardian=" + anvil.signer(2).address()),
            Stream.of(more))
        .toArray();
  }

  @Test
  void deploysVerifiesAndAttaches() throws Exception {
    Path book = folder.resolve("book.json");
    ChainAddress deployer = anvil.signer(0).address();
    assertThat(shell.chain(deployment(book, "--dry-run", "--deployer", deployer)))
        .as(shell.err())
        .isZero();
    assertThat(shell.out())
        .contains("15 transactions", "nothing is sent", "The deployer has 10000");
    List<String> foreseen =
        Stream.of(shell.out().split("\n"))
            .filter(l -> l.contains(" 0x"))
            .map(l -> l.split(" +")[1])
            .toList();
    assertThat(book).doesNotExist();

    assertThat(shell.as(0, deployment(book))).as(shell.err()).isZero();
    assertThat(shell.out())
        .contains("15/15 renounce DEFAULT_ADMIN_ROLE", "Contracts: 11, from block 1");
    assertThat(shell.out()).contains(foreseen);
    assertThat(shell.as(0, deployment(book))).as(shell.err()).isZero();
    assertThat(shell.out()).contains("deployed already").doesNotContain("15/15");

    assertThat(shell.chain("verify", "--book", book)).as(shell.err()).isZero();
    assertThat(shell.out()).contains("All is as the address book says.");

    Path other = folder.resolve("attached.json");
    List<Object> attach = new ArrayList<>(List.of("attach", "--book", other));
    AddressBook deployed = AddressBook.read(book);
    deployed
        .contracts()
        .forEach(
            (name, entry) -> attach.addAll(List.of("--contract", name + "=" + entry.address())));
    assertThat(shell.chain(attach.toArray())).as(shell.err()).isZero();
    assertThat(AddressBook.read(other).contracts()).isEqualTo(deployed.contracts());
    assertThat(shell.chain(attach.toArray())).isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("--replace");
    attach.add("--replace");
    assertThat(shell.chain(attach.toArray())).as(shell.err()).isZero();

    ChainAddress anchor = deployed.address(ContractName.ATTRIBUTION_ANCHOR);
    anvil.setCode(anchor, new byte[] {1, 2, 3});
    assertThat(shell.chain("verify", "--book", book)).isEqualTo(Main.WRONG);
    assertThat(shell.out()).contains("AttributionAnchor at " + anchor);
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void deploysOpenOnL1() throws Exception {
    Path book = folder.resolve("l1.json");
    ChainAddress treasury = anvil.signer(3).address();
    assertThat(shell.as(5, "deploy", "--l1", "--book", book, "--set", "open.recipient=" + treasury))
        .as(shell.err())
        .isZero();
    assertThat(AddressBook.read(book).contracts()).containsOnlyKeys(ContractName.OPEN_TOKEN);
  }

  @Test
  void readsAFileOfParameters() throws Exception {
    Path file = folder.resolve("mine.properties");
    assertThat(shell.run("parameters")).isZero();
    Files.writeString(file, shell.out());
    assertThat(
            shell.chain(
                "deploy",
                "--dry-run",
                "--deployer",
                anvil.signer(0).address(),
                "--parameters",
                file))
        .isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("parameters.policy-hash is not given");
  }

  @Test
  void makesAKeyAndTellsItsAddress() throws Exception {
    Path file = folder.resolve("new.json");
    assertThat(shell.run("keystore", "new", file, "--password-file", shell.password()))
        .as(shell.err())
        .isZero();
    String address = shell.out().strip();
    assertThat(address).matches("0x[0-9a-f]{40}");
    assertThat(shell.run("keystore", "address", file, "--password-file", shell.password()))
        .isZero();
    assertThat(shell.out().strip()).isEqualTo(address);
    assertThat(shell.run("keystore", "new", file, "--password-file", shell.password()))
        .isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("does not exist yet");
    Path wrong = folder.resolve("wrong");
    Files.writeString(wrong, "another password\n");
    assertThat(shell.run("keystore", "address", file, "--password-file", wrong))
        .isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("OPENLEDGER-5013").doesNotContain("another password");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          keystore                                        | Say new or address
          deploy                                          | --node
          deploy --node http://127.0.0.1:1 --dry-run      | --deployer
          deploy --node http://127.0.0.1:1                | --book
          deploy --node http://127.0.0.1:1 --book b --deployer 0x1 | --dry-run
          attach --node http://127.0.0.1:1 --book b       | --contract
          verify --node http://127.0.0.1:1                | --book
          claim --node http://127.0.0.1:1 --book b        | --proof
          claim --node http://127.0.0.1:1 --proof p       | --book
          claim --node http://127.0.0.1:1 --proof p --book b | --keystore
          claim --node http://127.0.0.1:1 --proof p --book b --account 0x1 | --leaves
          claim --node http://127.0.0.1:1 --proof p --leaves l --book b | mutually exclusive
          """)
  void saysWhatIsWrongWithItsUse(String line, String said) {
    assertThat(shell.run()).isEqualTo(2);
    assertThat(shell.err()).contains("Say which command");
    assertThat(shell.run((Object[]) line.split(" "))).isEqualTo(2);
    assertThat(shell.err()).contains(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          verify --node http://127.0.0.1:1 --book none.json | NoSuchFile
          attach --node http://127.0.0.1:1 --book b.json --contract Other=0x1 | Other
          attach --node http://127.0.0.1:1 --book b.json --contract WOPEN=0x1 | address
          attach --node http://127.0.0.1:1 --book b.json --contract WOPEN=0x00000000000000000000000000000000000000a1 | OPENLEDGER-5010
          attach --node ftp://127.0.0.1:1 --book b.json --contract WOPEN=0x00000000000000000000000000000000000000a1 | http://host
          """)
  void saysWhyItFailed(String line, String said) {
    assertThat(shell.run((Object[]) line.split(" "))).isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains(said).doesNotContain("\tat ");
  }

  @Test
  void refusesAnotherChain() {
    assertThat(
            shell.chain(
                "attach",
                "--chain-id",
                1612,
                "--book",
                folder.resolve("b.json"),
                "--contract",
                "WOPEN=0x00000000000000000000000000000000000000a1"))
        .isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("161201", "allowed: 1612");
  }
}
