package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.Hash256;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.support.Anvil;
import io.openledger.chain.connector.support.AnvilOptions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contracts that exist, on the number of the public test chain. */
class AttachmentTest {

  private static Anvil anvil;
  private static ChainClient client;
  private static AddressBook deployed;

  private String snapshot;

  @BeforeAll
  static void start() {
    anvil = Anvil.start(AnvilOptions.USUAL.withChainId(161201));
    client = DeploymentTest.client(anvil);
    deployed =
        Deployment.deploy(
            client,
            anvil.signer(0),
            DeploymentParameters.ready("published-100")
                .with("parameters.policy-hash", Hash256.sha256("a policy").hex())
                .with("rewards.updater", anvil.signer(1).address().value())
                .with("rewards.guardian", anvil.signer(2).address().value()));
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

  private static Map<ContractName, ChainAddress> addresses() {
    Map<ContractName, ChainAddress> addresses = new EnumMap<>(ContractName.class);
    deployed.contracts().forEach((name, entry) -> addresses.put(name, entry.address()));
    return addresses;
  }

  /** What another compiler would have made: the same answers, another hash. */
  private static void recompile(ChainAddress address) {
    byte[] code = client.code(address);
    code[code.length - 10] ^= 1; // in the metadata, which nobody runs
    anvil.setCode(address, code);
  }

  @Test
  void findsTheWholeSetAgain() {
    AddressBook book = Attachment.attach(client, addresses(), deployed.block());
    assertThat(book.contracts()).isEqualTo(deployed.contracts());
    assertThat(book.roles()).isEqualTo(deployed.roles());
    assertThat(book.chainId()).isEqualTo(161201);
    // without it a reader of the book knows what holds only when it is final
    String notice = "parameters.change-delay";
    assertThat(book.parameters()).containsOnlyKeys(notice);
    assertThat(Duration.parse(book.parameters().get(notice)))
        .isEqualTo(Duration.parse(deployed.parameters().get(notice)))
        .isPositive();
    book.verify(client);
    assertThat(
            Attachment.attach(
                    client,
                    Map.of(ContractName.GOPEN, deployed.address(ContractName.GOPEN)),
                    deployed.block())
                .parameters())
        .isEmpty();
  }

  @Test
  void takesTokensAndGovernorOfSomebodyElse() {
    for (ContractName name :
        new ContractName[] {
          ContractName.WOPEN, ContractName.GOPEN, ContractName.CONFIGURED_GOVERNOR
        }) {
      recompile(deployed.address(name));
    }
    AddressBook book = Attachment.attach(client, addresses(), 0);
    assertThat(book.contracts().get(ContractName.WOPEN).own()).isFalse();
    assertThat(book.contracts().get(ContractName.GOPEN).own()).isFalse();
    assertThat(book.contracts().get(ContractName.CONFIGURED_GOVERNOR).own()).isFalse();
    book.verify(client);
    recompile(deployed.address(ContractName.GOPEN));
    assertThat(client.code(deployed.address(ContractName.GOPEN))).isNotEmpty();
  }

  @Test
  void noticesWhenSomebodyElsesCodeChanges() {
    ChainAddress token = deployed.address(ContractName.GOPEN);
    recompile(token);
    AddressBook book = Attachment.attach(client, Map.of(ContractName.GOPEN, token), 0);
    byte[] code = client.code(token);
    code[code.length - 11] ^= 1;
    anvil.setCode(token, code);
    assertThatThrownBy(() -> book.verify(client)).hasMessageContaining("GOPEN at " + token);
  }

  @Test
  void takesNoDistributorOfSomebodyElse() {
    recompile(deployed.address(ContractName.REWARD_DISTRIBUTOR));
    assertThatThrownBy(() -> Attachment.attach(client, addresses(), 0))
        .hasMessageContaining("RewardDistributor")
        .hasMessageContaining("only tokens and governors");
  }

  @Test
  void refusesAContractThatIsAnother() {
    ChainAddress wopen = deployed.address(ContractName.WOPEN);
    assertThatThrownBy(() -> Attachment.attach(client, Map.of(ContractName.GOPEN, wopen), 0))
        .hasMessageContaining("GOPEN at " + wopen + " answers symbol with 'WOPEN'");
    assertThatThrownBy(
            () ->
                Attachment.attach(
                    client,
                    Map.of(
                        ContractName.OPEN_LEDGER_GOVERNOR, deployed.address(ContractName.STAKING)),
                    0))
        .hasMessageContaining("does not answer CLOCK_MODE");
    ChainAddress nobody = anvil.signer(9).address();
    assertThatThrownBy(() -> Attachment.attach(client, Map.of(ContractName.WOPEN, nobody), 0))
        .hasMessageContaining("has no code");
  }

  @Test
  void refusesContractsThatTheTimelockDoesNotOwn() {
    AddressBook other =
        Deployment.deploy(client, anvil.signer(3), DeploymentParameters.of(deployed.parameters()));
    Map<ContractName, ChainAddress> mixed = addresses();
    mixed.put(ContractName.TIMELOCK_CONTROLLER, other.address(ContractName.TIMELOCK_CONTROLLER));
    assertThatThrownBy(() -> Attachment.attach(client, mixed, 0)).hasMessageContaining("timelock");
  }
}
