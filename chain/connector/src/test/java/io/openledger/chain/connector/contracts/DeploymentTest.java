package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.keys.Signer;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.NodeClient;
import io.openledger.chain.connector.rpc.RpcEndpoint;
import io.openledger.chain.connector.rpc.RpcLimits;
import io.openledger.chain.connector.support.Anvil;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    long gas = 0;
    for (Deployment.Progress step : steps) {
      long used = step.receipt().orElseThrow().gasUsed();
      gas += used;
      System.out.println(step.step() + " " + used);
    }
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
