package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.contracts.AddressBook.Entry;
import io.openledger.chain.connector.contracts.AddressBook.Roles;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Books against a chain that is, or is not, what they say. */
class AddressBookTest {

  private static Anvil anvil;
  private static ChainClient client;
  private static AddressBook book;

  @TempDir Path folder;
  private String snapshot;

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    client = DeploymentTest.client(anvil);
    DeploymentParameters parameters =
        DeploymentParameters.ready("published-10000")
            .with("parameters.policy-hash", Hash256.sha256("a policy").hex())
            .with("rewards.updater", anvil.signer(1).address().value())
            .with("rewards.guardian", anvil.signer(2).address().value())
            .with("airdrop.root", Hash256.sha256("a tree").hex())
            .with("airdrop.total", "1000")
            .with("airdrop.deadline", anvil.now().plusSeconds(86400 * 30).toString());
    book = Deployment.deploy(client, anvil.signer(0), parameters);
  }

  @AfterAll
  static void stop() {
    if (anvil != null) {
      anvil.close();
    }
  }

  @BeforeEach
  void remember() {
    snapshot = anvil.snapshot();
  }

  @AfterEach
  void goBack() {
    anvil.revert(snapshot);
  }

  private static void assertRefused(AddressBook given, ChainClient asked, String... parts) {
    assertThatThrownBy(() -> given.verify(asked))
        .isInstanceOf(OpenLedgerException.class)
        .satisfies(
            e ->
                assertThat(((OpenLedgerException) e).code())
                    .isEqualTo(ErrorCode.CONFIGURATION_INVALID))
        .hasMessageContainingAll(parts);
  }

  @Test
  void passesOnTheChainThatItIsOf() {
    book.verify(client);
  }

  @Test
  void refusesCodeOfWhichAByteChanged() {
    book.contracts()
        .forEach(
            (name, entry) -> {
              String before = anvil.snapshot();
              byte[] code = client.code(entry.address());
              // the first bytes set up memory and are no immutable; the last are the metadata
              for (int at : new int[] {1, code.length - 1}) {
                byte[] changed = code.clone();
                changed[at] ^= 1;
                anvil.setCode(entry.address(), changed);
                assertRefused(book, client, name.contract(), entry.codeHash().hex());
              }
              anvil.setCode(entry.address(), new byte[0]);
              assertRefused(book, client, name + " at " + entry.address() + " has no code");
              anvil.revert(before);
            });
  }

  @Test
  void refusesEveryImmutableThatNoConstructorWrote() {
    int changed = 0;
    for (Map.Entry<ContractName, Entry> one : book.contracts().entrySet()) {
      ChainAddress address = one.getValue().address();
      byte[] code = client.code(address);
      for (Artifact.Place place : Artifact.load(one.getKey()).immutables()) {
        byte[] other = code.clone();
        other[place.start() + place.length() - 1] ^= 1;
        anvil.setCode(address, other);
        assertRefused(book, client, one.getKey().contract());
        changed++;
      }
      anvil.setCode(address, code);
    }
    assertThat(changed).isGreaterThan(50);
    book.verify(client);
  }

  @Test
  void refusesAnotherChain() {
    try (Anvil other = Anvil.start(AnvilOptions.USUAL.withChainId(161201))) {
      assertRefused(book, DeploymentTest.client(other), "161201", "1612");
    }
    try (Anvil other = Anvil.start(AnvilOptions.USUAL.with("--timestamp", "1800000000"))) {
      assertRefused(book, DeploymentTest.client(other), "block 0 is", "another chain");
    }
  }

  @Test
  void refusesABookWhoseContractsDoNotBelongTogether() {
    AddressBook second =
        Deployment.deploy(
            client,
            anvil.signer(3),
            DeploymentParameters.of(book.parameters())
                .with("rewards.updater", anvil.signer(5).address().value()));
    for (ContractName name :
        List.of(
            ContractName.GOPEN,
            ContractName.TIMELOCK_CONTROLLER,
            ContractName.OPEN_LEDGER_GOVERNOR,
            ContractName.PARAMETER_STORE,
            ContractName.STAKING,
            ContractName.REWARD_DISTRIBUTOR,
            ContractName.CLAIM_OR_STAKE_AIRDROP)) {
      Map<ContractName, Entry> mixed = new EnumMap<>(book.contracts());
      mixed.put(name, second.contracts().get(name));
      assertRefused(with(mixed, book.roles()), client, "at 0x");
    }
  }

  @Test
  void refusesOtherRolesThanItHas() {
    Optional<ChainAddress> stranger = Optional.of(anvil.signer(7).address());
    Roles roles = book.roles();
    assertRefused(
        with(book.contracts(), new Roles(stranger, roles.updater(), roles.guardian())),
        client,
        "owner",
        stranger.get().value());
    assertRefused(
        with(book.contracts(), new Roles(roles.owner(), stranger, roles.guardian())),
        client,
        "RewardDistributor",
        "updater",
        stranger.get().value(),
        roles.updater().orElseThrow().value());
    assertRefused(
        with(book.contracts(), new Roles(roles.owner(), roles.updater(), stranger)),
        client,
        "guardian");
  }

  /** Slot 0 of the timelock: the roles. */
  @Test
  void refusesATimelockWhoseDeployerIsStillItsAdministrator() {
    byte[] roleSlot = new byte[64];
    ChainAddress timelock = book.address(ContractName.TIMELOCK_CONTROLLER);
    byte[] members = io.openledger.chain.merkle.Keccak256.hash(roleSlot);
    byte[] key = new byte[64];
    byte[] deployer = HexFormat.of().parseHex(book.deployer().orElseThrow().value().substring(2));
    System.arraycopy(deployer, 0, key, 12, 20);
    System.arraycopy(members, 0, key, 32, 32);
    String slot = "0x" + Hash256.of(io.openledger.chain.merkle.Keccak256.hash(key)).hex();
    anvil.rpc("anvil_setStorageAt", timelock.value(), slot, "0x" + "0".repeat(63) + "1");
    assertRefused(book, client, "TimelockController", "gives DEFAULT_ADMIN_ROLE");
  }

  private static AddressBook with(Map<ContractName, Entry> contracts, Roles roles) {
    return new AddressBook(
        book.chainId(),
        book.genesis(),
        book.block(),
        book.deployer(),
        contracts,
        roles,
        book.parameters());
  }

  @Test
  void isReadAsItWasWritten() {
    Path file = folder.resolve("book.json");
    book.write(file);
    assertThat(AddressBook.read(file)).isEqualTo(book);
    book.write(file);
    assertThat(folder).isDirectoryNotContaining(f -> f.toString().endsWith(".tmp"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"chainId\" : 1612|\"chainId\" : 0|0",
        "\"chainId\" : 1612|\"chainId\" : \"1612\"|no whole number as chainId",
        "\"chainId\" : 1612|\"chainId\" : 1612, \"more\" : 1|a member that is not known",
        "\"chainId\" : 1612|\"chainId\" : 1612, \"chainId\" : 1612|cannot be read as JSON",
        "\"chainId\" : 1612,||no member chainId",
        "address-book-1|address-book-2|not of the format",
        "\"WOPEN\"|\"Other\"|contract",
        "\"own\" : true|\"own\" : 1|no true or false",
        "\"genesis\" : \"0x|\"genesis\" : \"0y|a value that is none"
      })
  void refusesAFileThatIsNone(String from, String to, String why) throws Exception {
    Path file = folder.resolve("book.json");
    book.write(file);
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(
        file,
        text.substring(0, text.indexOf(from))
            + (to == null ? "" : to)
            + text.substring(text.indexOf(from) + from.length()));
    assertThatThrownBy(() -> AddressBook.read(file))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesAFileThatIsCutOffOrTooLongOrMissing() throws Exception {
    Path file = folder.resolve("book.json");
    book.write(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length : new int[] {0, 1, whole.length / 2, whole.length - 2}) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> AddressBook.read(file)).isInstanceOf(OpenLedgerException.class);
    }
    Files.write(file, (new String(whole) + " ".repeat(AddressBook.MAX_BYTES)).getBytes());
    assertThatThrownBy(() -> AddressBook.read(file)).hasMessageContaining("longer than");
    Files.write(file, (new String(whole) + "{}").getBytes());
    assertThatThrownBy(() -> AddressBook.read(file)).hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> AddressBook.read(folder.resolve("none")))
        .hasMessageContaining("NoSuchFile");
  }
}
