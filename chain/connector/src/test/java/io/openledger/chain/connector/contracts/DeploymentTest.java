package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.Broadcast;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import io.openledger.chain.connector.support.Wallet;
import io.openledger.chain.connector.tx.SignedTransaction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real node. */
class DeploymentTest {

  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final SendLimits QUICK =
      new SendLimits(Wei.of(1_000_000_000_000L), Duration.ofMillis(5), Duration.ofSeconds(20));

  private static Anvil anvil;
  private static ChainClient client;
  private static Signer signer;

  @TempDir Path folder;
  private String snapshot;

  @BeforeAll
  static void start() {
    anvil = Anvil.start();
    client = client(anvil);
    signer = anvil.signer(0);
  }

  @AfterAll
  static void stop() {
    if (anvil != null) {
      anvil.close();
    }
    THREADS.shutdownNow();
  }

  @BeforeEach
  void remember() {
    snapshot = anvil.snapshot();
  }

  @AfterEach
  void goBack() {
    anvil.revert(snapshot);
  }

  static ChainClient client(Anvil node) {
    return new NodeClient(
        new HttpService(new RpcEndpoint("anvil", node.uri()), RpcLimits.USUAL, THREADS));
  }

  static DeploymentParameters parameters(String ready) {
    return DeploymentParameters.ready(ready)
        .with("parameters.policy-hash", Hash256.sha256("a policy").hex())
        .with("rewards.updater", anvil.signer(1).address().value())
        .with("rewards.guardian", anvil.signer(2).address().value());
  }

  private static Deployment deployment(ChainClient asked, DeploymentParameters parameters) {
    return new Deployment(asked, signer, Deployment.Contracts.ROLLUP, parameters, QUICK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"published-10000", "published-100", "development"})
  void deploysTheWholeSetAndItsBookPasses(String ready) {
    List<Deployment.Progress> steps = new ArrayList<>();
    Path file = folder.resolve("book.json");
    AddressBook book = deployment(client, parameters(ready)).run(file, listener(steps));
    assertThat(book.contracts().keySet())
        .contains(ContractName.WOPEN, ContractName.GOPEN, ContractName.REWARD_DISTRIBUTOR)
        .hasSize(11);
    assertThat(AddressBook.read(file)).isEqualTo(book);
    assertThat(folder.resolve("book.json.journal")).doesNotExist();
    AddressBook.read(file).verify(client);
    long gas = steps.stream().mapToLong(s -> s.receipt().orElseThrow().gasUsed()).sum();
    System.out.println(ready + ": " + gas + " gas in " + steps.size() + " transactions");
  }

  @Test
  void foreseesGasWithinTenPerCentAndNeverTooLittle() {
    DeploymentParameters parameters = parameters("published-100");
    Preview preview =
        Preview.of(client, signer.address(), Deployment.Contracts.ROLLUP, parameters, QUICK);
    List<Deployment.Progress> steps = new ArrayList<>();
    deployment(client, parameters).run(folder.resolve("book.json"), listener(steps));
    for (int i = 0; i < steps.size(); i++) {
      long used = steps.get(i).receipt().orElseThrow().gasUsed();
      assertThat(preview.steps().get(i).gas())
          .as(steps.get(i).step())
          .isBetween(used, used + used / 10);
      assertThat(preview.steps().get(i).address()).isEqualTo(steps.get(i).address());
    }
  }

  @Test
  void deploysOpenAloneOnL1() {
    ChainAddress recipient = anvil.signer(3).address();
    DeploymentParameters parameters =
        DeploymentParameters.of(Map.of("open.recipient", recipient.value()));
    AddressBook book =
        new Deployment(client, signer, Deployment.Contracts.L1, parameters, QUICK)
            .run(folder.resolve("l1.json"), Deployment.Listener.silent());
    assertThat(book.contracts()).containsOnlyKeys(ContractName.OPEN_TOKEN);
    assertThat(
            book.contract(ContractName.OPEN_TOKEN)
                .read(client, Finality.UNSAFE, "balanceOf", recipient)
                .wei("0"))
        .isEqualTo(Wei.parse("1000000000000000000000000000"));
  }

  @Test
  void seedsTheParametersAndHandsThemToTheTimelock() {
    AddressBook book = Deployment.deploy(client, signer, parameters("published-100"));
    Contract store = book.contract(ContractName.PARAMETER_STORE);
    assertThat(store.read(client, Finality.UNSAFE, "feeSplit").list("0"))
        .hasToString("[7000, 1000, 500, 1000, 500, 0]");
    AbiValues policy = store.read(client, Finality.UNSAFE, "attributionPolicy");
    assertThat(policy.number("version")).isEqualTo(1);
    assertThat(policy.hash("policyHash")).isEqualTo(Hash256.sha256("a policy"));
    for (Map.Entry<String, Long> one :
        Map.of("epochLength", 3600L, "activationDelay", 86_400L).entrySet()) {
      byte[] key = java.util.Arrays.copyOf(one.getKey().getBytes(StandardCharsets.US_ASCII), 32);
      assertThat(store.read(client, Finality.UNSAFE, "parameter", (Object) key).number("0"))
          .isEqualTo(one.getValue());
    }
    assertThat(store.read(client, Finality.UNSAFE, "owner").address("0"))
        .isEqualTo(book.address(ContractName.TIMELOCK_CONTROLLER));
    Contract governor = book.contract(book.governor().orElseThrow());
    assertThat(governor.read(client, Finality.UNSAFE, "votingPeriod").number("0"))
        .isEqualTo(14 * 86_400L);
    assertThat(governor.read(client, Finality.UNSAFE, "proposalThreshold").wei("0"))
        .isEqualTo(Wei.parse("100000000000000000000"));
    assertThat(governor.read(client, Finality.UNSAFE, "quorumNumerator()").number("0"))
        .isEqualTo(25);
  }

  @Test
  void deploysAnAirdropThatHasARoot() {
    String deadline = anvil.now().plus(Duration.ofDays(30)).toString();
    DeploymentParameters parameters =
        parameters("development")
            .with("airdrop.root", Hash256.sha256("a tree").hex())
            .with("airdrop.total", "1000")
            .with("airdrop.deadline", deadline)
            .with("airdrop.configuration", "1")
            .with("airdrop.boost", "2500");
    AddressBook book = Deployment.deploy(client, signer, parameters);
    Contract airdrop = book.contract(ContractName.CLAIM_OR_STAKE_AIRDROP);
    assertThat(airdrop.read(client, Finality.UNSAFE, "total").wei("0"))
        .isEqualTo(Wei.parse("1000000000000000000000"));
    assertThat(airdrop.read(client, Finality.UNSAFE, "staking").address("0"))
        .isEqualTo(book.address(ContractName.STAKING));
  }

  /**
   * Before a transaction is broadcast, after it was, and after the last when the book is not yet.
   */
  @Test
  void finishesADeploymentThatWasKilledAtAnyStep() {
    DeploymentParameters parameters = parameters("published-10000");
    int steps = Deployment.plan(Deployment.Contracts.ROLLUP, parameters).steps().size();
    for (int step = 1; step <= steps; step++) {
      for (ChainClient killed :
          List.of(
              InterruptedClient.killedBefore(client, "broadcast", step),
              InterruptedClient.killedAfter(client, "broadcast", step))) {
        String before = anvil.snapshot();
        long nonce = client.nonce(signer.address(), Finality.UNSAFE);
        Path file = folder.resolve("step-" + step + "-" + System.identityHashCode(killed));
        assertThatThrownBy(
                () -> deployment(killed, parameters).run(file, Deployment.Listener.silent()))
            .isInstanceOf(InterruptedClient.Killed.class);
        assertThat(file).doesNotExist();
        AddressBook book = deployment(client, parameters).run(file, Deployment.Listener.silent());
        assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + steps);
        assertThat(AddressBook.read(file)).isEqualTo(book);
        anvil.revert(before);
      }
    }
  }

  @Test
  void finishesADeploymentThatIsKilledAgainAndAgain() {
    DeploymentParameters parameters = parameters("published-10000");
    Path file = folder.resolve("book.json");
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    int kills = 0;
    while (Files.notExists(file)) {
      ChainClient killed =
          kills % 2 == 0
              ? InterruptedClient.killedAfter(client, "broadcast", 1)
              : InterruptedClient.killedBefore(client, "broadcast", 2);
      try {
        deployment(killed, parameters).run(file, Deployment.Listener.silent());
      } catch (InterruptedClient.Killed e) {
        kills++;
      }
      assertThat(kills).isLessThan(100);
    }
    assertThat(kills).isGreaterThan(14);
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 15);
  }

  @Test
  void finishesADeploymentThatWasKilledBeforeItsBookWasWritten() {
    DeploymentParameters parameters = parameters("published-10000");
    Path file = folder.resolve("book.json");
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    // code is asked for only when everything is checked at the end
    assertThatThrownBy(
            () ->
                deployment(InterruptedClient.killedBefore(client, "code", 1), parameters)
                    .run(file, Deployment.Listener.silent()))
        .isInstanceOf(InterruptedClient.Killed.class);
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 15);
    deployment(client, parameters).run(file, Deployment.Listener.silent());
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 15);
  }

  @Test
  void finishesADeploymentWhoseBlocksWereTakenBack() {
    DeploymentParameters parameters = parameters("published-10000");
    for (int depth : new int[] {1, 4, 8}) {
      String before = anvil.snapshot();
      Path file = folder.resolve("depth-" + depth);
      long nonce = client.nonce(signer.address(), Finality.UNSAFE);
      assertThatThrownBy(
              () ->
                  deployment(InterruptedClient.killedAfter(client, "broadcast", 9), parameters)
                      .run(file, Deployment.Listener.silent()))
          .isInstanceOf(InterruptedClient.Killed.class);
      anvil.rollback(depth);
      assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 9 - depth);
      deployment(client, parameters).run(file, Deployment.Listener.silent());
      assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 15);
      anvil.revert(before);
    }
  }

  @Test
  void deploysNothingASecondTime() {
    DeploymentParameters parameters = parameters("published-10000");
    Path file = folder.resolve("book.json");
    AddressBook book = deployment(client, parameters).run(file, Deployment.Listener.silent());
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    assertThat(deployment(client, parameters).run(file, Deployment.Listener.silent()))
        .isEqualTo(book);
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce);
  }

  @Test
  void refusesABookOfOtherParametersOrContracts() {
    Path file = folder.resolve("book.json");
    deployment(client, parameters("published-10000")).run(file, Deployment.Listener.silent());
    assertThatThrownBy(
            () ->
                deployment(client, parameters("published-100"))
                    .run(file, Deployment.Listener.silent()))
        .hasMessageContaining("same contracts and parameters");
    assertThatThrownBy(
            () ->
                new Deployment(
                        client,
                        signer,
                        Deployment.Contracts.L1,
                        parameters("published-10000")
                            .with("open.recipient", signer.address().value()),
                        QUICK)
                    .run(file, Deployment.Listener.silent()))
        .hasMessageContaining("same contracts and parameters");
  }

  @Test
  void refusesASecondDeploymentMeanwhile() {
    Path file = folder.resolve("book.json");
    DeploymentParameters parameters = parameters("published-10000");
    List<Throwable> refused = new ArrayList<>();
    ChainClient disturbed =
        InterruptedClient.around(
            client,
            "broadcast",
            n -> {
              if (n == 2) {
                try {
                  deployment(client, parameters).run(file, Deployment.Listener.silent());
                } catch (OpenLedgerException e) {
                  refused.add(e);
                }
              }
            },
            n -> {});
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    deployment(disturbed, parameters).run(file, Deployment.Listener.silent());
    assertThat(refused)
        .singleElement()
        .satisfies(e -> assertThat(e).hasMessageContaining("another deployment runs"));
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 15);
    assertThat(folder).isDirectoryNotContaining(f -> f.toString().endsWith(".lock"));
  }

  @Test
  void refusesAnAssetWithoutCodeAndADeadlineThatPassed() {
    String nowhere = "0x00000000000000000000000000000000000000a1";
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    assertThatThrownBy(
            () ->
                Deployment.deploy(client, signer, parameters("development").with("asset", nowhere)))
        .hasMessageContaining("where there is no code");
    DeploymentParameters late =
        parameters("development")
            .with("airdrop.root", Hash256.sha256("a tree").hex())
            .with("airdrop.total", "1000")
            .with("airdrop.deadline", anvil.now().plusSeconds(3600).toString());
    assertThatThrownBy(() -> Deployment.deploy(client, signer, late))
        .hasMessageContaining("airdrop.deadline");
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce);
  }

  @Test
  void paysInATokenThatIsThere() {
    AddressBook tokens =
        new Deployment(
                client,
                signer,
                Deployment.Contracts.L1,
                DeploymentParameters.of(Map.of("open.recipient", signer.address().value())),
                QUICK)
            .run(folder.resolve("l1.json"), Deployment.Listener.silent());
    ChainAddress token = tokens.address(ContractName.OPEN_TOKEN);
    AddressBook book =
        Deployment.deploy(client, signer, parameters("development").with("asset", token.value()));
    for (ContractName name :
        List.of(
            ContractName.STAKING, ContractName.REWARD_DISTRIBUTOR, ContractName.PAYMENT_CHANNEL)) {
      assertThat(book.contract(name).read(client, Finality.UNSAFE, "asset").address("0"))
          .isEqualTo(token);
    }
  }

  /** What L1's fee is computed from. */
  @Test
  void foreseesTheBytesOfEachTransaction() {
    DeploymentParameters parameters = parameters("published-100");
    List<Integer> lengths = new ArrayList<>();
    ChainClient weighing =
        (ChainClient)
            java.lang.reflect.Proxy.newProxyInstance(
                ChainClient.class.getClassLoader(),
                new Class<?>[] {ChainClient.class},
                (proxy, called, arguments) -> {
                  if (called.getName().equals("broadcast")) {
                    lengths.add(((SignedTransaction) arguments[0]).toBytes().length);
                  }
                  return called.getName().equals("l1Fee")
                      ? Wei.of(1_000L * ((byte[]) arguments[0]).length)
                      : called.invoke(client, arguments);
                });
    Preview preview =
        Preview.of(weighing, signer.address(), Deployment.Contracts.ROLLUP, parameters, QUICK);
    deployment(weighing, parameters).run(folder.resolve("book.json"), Deployment.Listener.silent());
    long all = 0;
    for (int i = 0; i < lengths.size(); i++) {
      assertThat(preview.steps().get(i).bytes()).isBetween(lengths.get(i) - 4, lengths.get(i) + 4);
      all += preview.steps().get(i).bytes();
    }
    assertThat(lengths).hasSize(15);
    assertThat(preview.l1Fee()).isEqualTo(Wei.of(1_000L * all));
    assertThat(preview.total())
        .isEqualTo(
            new Wei(
                preview
                    .price()
                    .value()
                    .multiply(java.math.BigInteger.valueOf(preview.gas()))
                    .add(preview.l1Fee().value())));
  }

  @Test
  void refusesToGoOnWithOtherParameters() {
    Path file = folder.resolve("book.json");
    assertThatThrownBy(
            () ->
                deployment(
                        InterruptedClient.killedAfter(client, "broadcast", 3),
                        parameters("published-10000"))
                    .run(file, Deployment.Listener.silent()))
        .isInstanceOf(InterruptedClient.Killed.class);
    assertThatThrownBy(
            () ->
                deployment(client, parameters("published-100"))
                    .run(file, Deployment.Listener.silent()))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining("parameters or contracts that differ");
    Signer other = anvil.signer(4);
    assertThatThrownBy(
            () ->
                new Deployment(
                        client,
                        other,
                        Deployment.Contracts.ROLLUP,
                        parameters("published-10000"),
                        QUICK)
                    .run(file, Deployment.Listener.silent()))
        .hasMessageContaining("a deployment by " + other.address());
  }

  @Test
  void raisesTheFeeOfATransactionThatWaits() {
    SendLimits impatient =
        new SendLimits(QUICK.feeCeiling(), Duration.ofMillis(5), Duration.ofMillis(40));
    anvil.autoMine(false);
    try {
      // every third broadcast gets its block
      ChainClient slow =
          InterruptedClient.around(
              client,
              "broadcast",
              n -> {},
              n -> {
                if (n % 3 == 0) {
                  anvil.mine(1);
                }
              });
      List<Deployment.Progress> steps = new ArrayList<>();
      long nonce = client.nonce(signer.address(), Finality.UNSAFE);
      new Deployment(
              slow, signer, Deployment.Contracts.ROLLUP, parameters("published-10000"), impatient)
          .run(folder.resolve("book.json"), listener(steps));
      assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 15);
    } finally {
      anvil.autoMine(true);
    }
  }

  @Test
  void waitsWithTheFeeAtTheCeilingAndGoesOnLater() {
    Path file = folder.resolve("book.json");
    SendLimits low =
        new SendLimits(Wei.of(2_000_000_001L), Duration.ofMillis(5), Duration.ofMillis(30));
    anvil.autoMine(false);
    try {
      assertThatThrownBy(
              () ->
                  new Deployment(
                          client,
                          signer,
                          Deployment.Contracts.ROLLUP,
                          parameters("published-10000"),
                          low)
                      .run(file, Deployment.Listener.silent()))
          .hasMessageContaining("WOPEN waits with nonce")
          .hasMessageContaining("ceiling");
    } finally {
      anvil.autoMine(true);
    }
    anvil.mine(1);
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    deployment(client, parameters("published-10000")).run(file, Deployment.Listener.silent());
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 14);
  }

  @Test
  void takesAnotherNonceWhereItsOwnWasUsedFromOutside() {
    Wallet outside = new Wallet(client, signer, QUICK.feeCeiling());
    ChainClient disturbed =
        InterruptedClient.around(
            client,
            "broadcast",
            n -> {
              if (n == 3 || n == 8) {
                assertThat(client.broadcast(outside.transfer(signer.address(), Wei.of(1))))
                    .isEqualTo(Broadcast.ACCEPTED);
              }
            },
            n -> {});
    long nonce = client.nonce(signer.address(), Finality.UNSAFE);
    AddressBook book =
        deployment(disturbed, parameters("published-10000"))
            .run(folder.resolve("book.json"), Deployment.Listener.silent());
    assertThat(client.nonce(signer.address(), Finality.UNSAFE)).isEqualTo(nonce + 17);
    book.verify(client);
  }

  @Test
  void refusesToBeginWithoutFundsAndFinishesWhenTheyCome() {
    ChainAddress deployer = signer.address();
    Wei before = client.balance(deployer);
    Path file = folder.resolve("book.json");
    anvil.setBalance(deployer, Wei.of(1_000_000_000_000_000L));
    long nonce = client.nonce(deployer, Finality.UNSAFE);
    assertThatThrownBy(
            () ->
                deployment(client, parameters("published-10000"))
                    .run(file, Deployment.Listener.silent()))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(deployer + " has 0.001")
        .hasMessageContaining("send coins to this address");
    assertThat(client.nonce(deployer, Finality.UNSAFE)).isEqualTo(nonce);
    anvil.setBalance(deployer, before);
    ChainClient robbed =
        InterruptedClient.around(
            client,
            "broadcast",
            n -> {
              if (n == 6) {
                anvil.setBalance(deployer, Wei.of(5));
              }
            },
            n -> {});
    assertThatThrownBy(
            () ->
                deployment(robbed, parameters("published-10000"))
                    .run(file, Deployment.Listener.silent()))
        .hasMessageContaining("DatanetRegistry: " + deployer + " has 0.000000000000000005");
    anvil.setBalance(deployer, before);
    deployment(client, parameters("published-10000")).run(file, Deployment.Listener.silent());
    assertThat(client.nonce(deployer, Finality.UNSAFE)).isEqualTo(nonce + 15);
  }

  @Test
  void putsTheJournalOfAnotherChainAside() {
    Path file = folder.resolve("book.json");
    DeploymentParameters parameters = parameters("published-10000");
    assertThatThrownBy(
            () ->
                deployment(InterruptedClient.killedAfter(client, "broadcast", 3), parameters)
                    .run(file, Deployment.Listener.silent()))
        .isInstanceOf(InterruptedClient.Killed.class);
    List<String> told = new ArrayList<>();
    // the same id, another beginning
    try (Anvil other = Anvil.start(AnvilOptions.USUAL.with("--timestamp", "1800000000"))) {
      AddressBook book =
          deployment(client(other), parameters)
              .run(
                  file,
                  new Deployment.Listener() {
                    @Override
                    public void done(Deployment.Progress progress) {}

                    @Override
                    public void told(String message) {
                      told.add(message);
                    }
                  });
      book.verify(client(other));
      assertThatThrownBy(() -> book.verify(client)).hasMessageContaining("block 0 is");
    }
    assertThat(told).singleElement().asString().contains("put aside");
    assertThat(folder.resolve("book.json.journal.discarded")).exists();
  }

  static Deployment.Listener listener(List<Deployment.Progress> steps) {
    return new Deployment.Listener() {
      @Override
      public void done(Deployment.Progress progress) {
        steps.add(progress);
      }

      @Override
      public void told(String message) {}
    };
  }
}
