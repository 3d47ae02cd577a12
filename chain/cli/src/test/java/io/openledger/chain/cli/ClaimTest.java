package io.openledger.chain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.EpochProof;
import io.openledger.api.reward.Wei;
import io.openledger.api.spi.Settlement.Total;
import io.openledger.chain.LeafFile;
import io.openledger.chain.connector.contracts.AddressBook;
import io.openledger.chain.connector.contracts.Contract;
import io.openledger.chain.connector.contracts.ContractName;
import io.openledger.chain.connector.contracts.Deployment;
import io.openledger.chain.connector.contracts.DeploymentParameters;
import io.openledger.chain.connector.contracts.DirectSender;
import io.openledger.chain.connector.contracts.SendLimits;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.merkle.AccountTree;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real tree's amounts, from its leaf data to balances on a chain, equal to the wei. */
class ClaimTest {

  private static final long SEED = 20261126;
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final Wei MINIMUM = Wei.parse("1000000000000000");

  private static Anvil anvil;
  private static ChainClient client;
  private static AddressBook book;
  private static Contract distributor;

  @TempDir Path folder;
  private Shell shell;
  private Path bookFile;
  private String snapshot;
  private final AccountTree tree = new AccountTree();
  private final Map<ChainAddress, Wei> earned = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    client =
        new NodeClient(
            new HttpService(new RpcEndpoint("anvil", anvil.uri()), RpcLimits.USUAL, THREADS));
    book =
        Deployment.deploy(
            client,
            anvil.signer(0),
            DeploymentParameters.ready("development")
                .with("parameters.policy-hash", "ab".repeat(32))
                .with("rewards.minimum-claim", "0.001")
                .with("rewards.updater", anvil.signer(1).address().value())
                .with("rewards.guardian", anvil.signer(2).address().value()));
    distributor = book.contract(ContractName.REWARD_DISTRIBUTOR);
  }

  @AfterAll
  static void stop() {
    if (anvil != null) {
      anvil.close();
    }
    THREADS.shutdownNow();
  }

  @BeforeEach
  void open() {
    snapshot = anvil.snapshot();
    shell = new Shell(folder, anvil);
    bookFile = folder.resolve("book.json");
    book.write(bookFile);
    System.out.println("seed " + SEED);
    Random random = new Random(SEED);
    // accounts of the node, of which 7 earned less than the least, and strangers
    for (int account = 3; account < 10; account++) {
      earned.put(anvil.signer(account).address(), amount(random));
    }
    earned.put(anvil.signer(7).address(), MINIMUM.minus(Wei.of(1)));
    for (int i = 0; i < 60; i++) {
      byte[] bytes = new byte[20];
      random.nextBytes(bytes);
      earned.put(new ChainAddress("0x" + HexFormat.of().formatHex(bytes)), amount(random));
    }
  }

  @AfterEach
  void goBack() {
    anvil.revert(snapshot);
  }

  private static Wei amount(Random random) {
    return MINIMUM.plus(new Wei(new BigInteger(62, random)));
  }

  private static DirectSender sender(Signer signer) {
    return new DirectSender(
        client,
        signer,
        new SendLimits(SendLimits.USUAL.feeCeiling(), Duration.ofMillis(5), Duration.ofSeconds(5)));
  }

  /** Posts the tree with the coins that it still needs, and gives its leaf data. */
  private Path post(long epoch, boolean activate) {
    tree.update(
        epoch, earned.entrySet().stream().map(e -> new Total(e.getKey(), e.getValue())).toList());
    Path leaves = folder.resolve("leaves-" + epoch);
    LeafFile.Summary summary = LeafFile.write(leaves, tree);
    Wei funded = distributor.read(client, Finality.UNSAFE, "funded").wei("0");
    sender(anvil.signer(1))
        .send(
            "posting",
            distributor.address(),
            summary.total().minus(funded),
            distributor.encode(
                "postRoot",
                BigInteger.valueOf(epoch),
                summary.root().toBytes(),
                summary.total().value(),
                summary.digest().toBytes()),
            0);
    if (activate) {
      anvil.advance(Duration.ofHours(1));
    }
    return leaves;
  }

  private Path proof(ChainAddress account) throws Exception {
    EpochProof proof = tree.proof(account).orElseThrow();
    Path file = folder.resolve("proof-" + account);
    Files.writeString(
        file,
        """
        {"epoch":%d,"root":"%s","address":"%s","cumulative":"%s","siblings":[%s]}
        """
            .formatted(
                proof.epoch(),
                proof.root(),
                proof.address(),
                proof.cumulative(),
                proof.siblings().stream()
                    .map(s -> '"' + s.hex() + '"')
                    .collect(Collectors.joining(","))));
    return file;
  }

  private Wei claimed(ChainAddress account) {
    return distributor.read(client, Finality.UNSAFE, "claimed", account).wei("0");
  }

  /** What the newest block's only transaction cost its sender. */
  private static Wei lastCost() {
    String hash =
        anvil.rpc("eth_getBlockByNumber", "latest", false).get("transactions").get(0).asText();
    var receipt = client.receipt(Hash256.parse(hash)).orElseThrow();
    return new Wei(receipt.gasPrice().value().multiply(BigInteger.valueOf(receipt.gasUsed())))
        .plus(receipt.l1Fee().orElse(Wei.ZERO));
  }

  @Test
  void paysWhatTheLeafDataSayToTheWei() throws Exception {
    ChainAddress me = anvil.signer(3).address();
    Path leaves = post(1, true);
    Wei before = client.balance(me);
    assertThat(shell.as(3, "claim", "--book", bookFile, "--leaves", leaves))
        .as(shell.err())
        .isZero();
    assertThat(client.balance(me)).isEqualTo(before.plus(earned.get(me)).minus(lastCost()));
    assertThat(claimed(me)).isEqualTo(earned.get(me));
    assertThat(shell.out()).contains("has now claimed " + Amounts.coins(earned.get(me)) + " ever");

    assertThat(shell.as(3, "claim", "--book", bookFile, "--leaves", leaves)).isEqualTo(Main.WRONG);
    assertThat(shell.out()).contains("gets 0");

    // the next epoch pays the difference, by a proof as REST gives it
    Wei first = earned.get(me);
    earned.put(me, first.plus(Wei.parse("2345678901234567891")));
    post(2, true);
    before = client.balance(me);
    assertThat(shell.as(3, "claim", "--distributor", distributor.address(), "--proof", proof(me)))
        .as(shell.err())
        .isZero();
    assertThat(client.balance(me))
        .isEqualTo(before.plus(Wei.parse("2345678901234567891")).minus(lastCost()));
    assertThat(shell.as(3, "claim", "--book", bookFile, "--leaves", leaves)).isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("of epoch 1", "of epoch 2, which is active now");
  }

  @Test
  void paysOthersToTheirOwnAddressAndManyAtOnce() throws Exception {
    ChainAddress other = anvil.signer(4).address();
    Path leaves = post(1, true);
    Wei before = client.balance(other);
    assertThat(shell.as(3, "claim", "--book", bookFile, "--proof", proof(other)))
        .as(shell.err())
        .isZero();
    assertThat(client.balance(other)).isEqualTo(before.plus(earned.get(other)));

    // all, of whom one was paid already, one has too little and one refuses coins
    ChainAddress small = anvil.signer(7).address();
    ChainAddress refusing = earned.keySet().stream().skip(20).findFirst().orElseThrow();
    anvil.setCode(refusing, new byte[] {(byte) 0x5f, (byte) 0x5f, (byte) 0xfd});
    Map<ChainAddress, Wei> balances = new LinkedHashMap<>();
    List<Object> arguments =
        new ArrayList<>(List.of("claim", "--book", bookFile, "--leaves", leaves));
    for (ChainAddress account : earned.keySet()) {
      balances.put(account, client.balance(account));
      arguments.addAll(List.of("--account", account));
    }
    assertThat(shell.as(0, arguments.toArray())).as(shell.err()).isZero();
    earned.forEach(
        (account, amount) -> {
          boolean left = account.equals(small) || account.equals(refusing) || account.equals(other);
          assertThat(client.balance(account))
              .isEqualTo(left ? balances.get(account) : balances.get(account).plus(amount));
        });
    assertThat(shell.out())
        .contains(refusing + " was skipped", "is below the least, 0.001")
        .containsPattern("(?s)Transaction 0x.*Transaction 0x");
  }

  @Test
  void stakesWhatWasEarned() throws Exception {
    ChainAddress me = anvil.signer(5).address();
    Contract staking = book.contract(ContractName.STAKING);
    ChainAddress bank = anvil.signer(0).address();
    anvil.setBalance(
        book.address(ContractName.TIMELOCK_CONTROLLER), Wei.parse("1000000000000000000"));
    anvil.rpc("anvil_impersonateAccount", book.address(ContractName.TIMELOCK_CONTROLLER).value());
    BigInteger most = BigInteger.TEN.pow(24);
    anvil.rpc(
        "eth_sendTransaction",
        Map.of(
            "from",
            book.address(ContractName.TIMELOCK_CONTROLLER).value(),
            "to",
            staking.address().value(),
            "data",
            "0x"
                + HexFormat.of()
                    .formatHex(
                        staking.encode(
                            "createConfiguration",
                            bank,
                            bank,
                            List.of(
                                BigInteger.valueOf(1000),
                                BigInteger.ZERO,
                                BigInteger.valueOf(86_400),
                                BigInteger.ZERO,
                                true,
                                false,
                                BigInteger.ONE,
                                most,
                                most)))));
    anvil.mine(1);
    sender(anvil.signer(0))
        .send(
            "rewards",
            staking.address(),
            Wei.parse("1000000000000000000"),
            staking.encode("fundRewards", BigInteger.ONE, BigInteger.TEN.pow(18)),
            0);
    Path leaves = post(1, true);
    assertThat(shell.as(5, "claim", "--book", bookFile, "--leaves", leaves, "--stake", 1))
        .as(shell.err())
        .isZero();
    assertThat(claimed(me)).isEqualTo(earned.get(me));
    assertThat(
            staking
                .read(client, Finality.UNSAFE, "stakeOf", BigInteger.ONE)
                .structure("0")
                .wei("principal"))
        .isEqualTo(earned.get(me));
    assertThat(
            shell.as(
                5,
                "claim",
                "--book",
                bookFile,
                "--proof",
                proof(anvil.signer(6).address()),
                "--stake",
                1))
        .isEqualTo(2);
  }

  @Test
  void saysWhenARootThatWaitsBecomesActive() throws Exception {
    Path leaves = post(1, false);
    assertThat(shell.as(3, "claim", "--book", bookFile, "--leaves", leaves)).isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("the root of epoch 1 becomes active at 20");
    anvil.advance(Duration.ofHours(1));
    earned.put(anvil.signer(3).address(), Wei.parse("9000000000000000000"));
    Path next = post(2, false);
    assertThat(shell.as(3, "claim", "--book", bookFile, "--leaves", next)).isEqualTo(Main.FAILED);
    assertThat(shell.err()).contains("the root of epoch 2 becomes active at 20");
    assertThat(claimed(anvil.signer(3).address())).isEqualTo(Wei.ZERO);
    assertThat(
            shell.chain(
                "claim",
                "--book",
                bookFile,
                "--leaves",
                leaves,
                "--dry-run",
                "--account",
                anvil.signer(3).address()))
        .as(shell.err())
        .isZero();
    assertThat(shell.out()).contains("nothing is sent");
    assertThat(claimed(anvil.signer(3).address())).isEqualTo(Wei.ZERO);
  }

  @Test
  void refusesAProofThatIsNone() throws Exception {
    ChainAddress me = anvil.signer(3).address();
    post(1, true);
    Path file = proof(me);
    String right = Files.readString(file);
    for (String wrong :
        List.of(
            right.replace(earned.get(me).toString(), earned.get(me).plus(Wei.of(1)).toString()),
            right.replace(me.value(), anvil.signer(4).address().value()),
            right.replaceFirst("\\[\"..", "[\"00"),
            right.replace("\"epoch\":1", "\"epoch\":\"1\""),
            right.replace("{", "{\"epoch\":1,"),
            right + "{}",
            right.substring(0, right.length() / 2),
            "[]",
            "")) {
      Files.writeString(file, wrong);
      assertThat(shell.as(3, "claim", "--book", bookFile, "--proof", file))
          .as(wrong)
          .isEqualTo(Main.FAILED);
      assertThat(shell.err()).contains("the proof " + file);
    }
    assertThat(claimed(me)).isEqualTo(Wei.ZERO);
    Files.writeString(file, right.replace("{", "{\"later\":[{}],"));
    assertThat(shell.as(3, "claim", "--book", bookFile, "--proof", file)).isZero();
  }
}
