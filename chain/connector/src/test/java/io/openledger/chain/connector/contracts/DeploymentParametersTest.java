package io.openledger.chain.connector.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.openledger.api.OpenLedgerException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentParametersTest {

  @TempDir Path folder;

  @Test
  void readsThePublishedSets() {
    DeploymentParameters larger = DeploymentParameters.ready("published-10000");
    assertThat(larger).isEqualTo(DeploymentParameters.of(Map.of()));
    DeploymentParameters smaller = DeploymentParameters.ready("published-100");
    assertThat(smaller.amount(Parameter.PROPOSAL_THRESHOLD)).isEqualTo(BigInteger.TEN.pow(20));
    assertThat(smaller.seconds(Parameter.VOTING_DELAY)).isEqualTo(BigInteger.valueOf(86_400));
    assertThat(smaller.seconds(Parameter.VOTING_PERIOD)).isEqualTo(BigInteger.valueOf(1_209_600));
    assertThat(smaller.number(Parameter.QUORUM_PERCENT)).isEqualTo(BigInteger.valueOf(25));
    assertThat(smaller.seconds(Parameter.TIMELOCK_DELAY)).isEqualTo(BigInteger.valueOf(86_400));
  }

  @Test
  void readsWhatItDescribes() throws Exception {
    Path file = folder.resolve("described.properties");
    Files.writeString(file, DeploymentParameters.describe());
    assertThat(DeploymentParameters.read(file)).isEqualTo(DeploymentParameters.of(Map.of()));
    for (Parameter parameter : Parameter.values()) {
      assertThat(DeploymentParameters.describe()).contains(parameter.key() + "=");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "governor.voting-period, PT59M",
    "governor.voting-period, P31D",
    "governor.voting-period, PT1H0.5S",
    "governor.voting-period, -P7D",
    "governor.voting-period, a week",
    "governor.late-quorum-extension, P8D",
    "governor.proposal-threshold, 1000000.1",
    "governor.proposal-threshold, -1",
    "governor.proposal-threshold, 1e3",
    "governor.quorum-floor, 0",
    "governor.quorum-floor, 0.0000000000000000001",
    "governor.quorum-percent, 0",
    "governor.quorum-percent, 51",
    "parameters.fee-split, 7000 1000 500 1000 500 1",
    "parameters.fee-split, 10000",
    "parameters.fee-split, 10001 -1 0 0 0 0",
    "parameters.epoch-length, PT30S",
    "parameters.activation-delay, PT30M",
    "parameters.policy-version, 0",
    "parameters.policy-version, 4294967296",
    "parameters.policy-hash, 0000000000000000000000000000000000000000000000000000000000000000",
    "rewards.updater, 0x0000000000000000000000000000000000000000",
    "rewards.updater, 0x12",
    "rewards.minimum-claim, 1.1",
    "asset, coins",
    "governor.unknown, 1"
  })
  void refusesWhatTheContractsWould(String key, String value) {
    DeploymentParameters usual = DeploymentParameters.of(Map.of());
    assertThatThrownBy(() -> usual.with(key, value))
        .isInstanceOf(OpenLedgerException.class)
        .hasMessageContaining(key);
  }

  @Test
  void refusesAGuardianWhoIsTheUpdater() {
    String somebody = "0x00000000000000000000000000000000000000A1";
    assertThatThrownBy(
            () ->
                DeploymentParameters.of(
                    Map.of(
                        "rewards.updater", somebody, "rewards.guardian", somebody.toLowerCase())))
        .hasMessageContaining("rewards.guardian");
  }

  @Test
  void refusesAFileWithANameTwiceOrTooLongOrBroken() throws Exception {
    Path file = folder.resolve("p.properties");
    Files.writeString(file, "timelock.delay=P1D\ntimelock.delay=P2D\n");
    assertThatThrownBy(() -> DeploymentParameters.read(file))
        .hasMessageContaining("timelock.delay")
        .hasMessageContaining("each name once");
    Files.writeString(file, "#".repeat(DeploymentParameters.MAX_BYTES + 1));
    assertThatThrownBy(() -> DeploymentParameters.read(file)).hasMessageContaining("at most");
    Files.writeString(file, "timelock.delay=\\u12");
    assertThatThrownBy(() -> DeploymentParameters.read(file))
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> DeploymentParameters.read(folder.resolve("none")))
        .hasMessageContaining("cannot be read");
  }

  @ParameterizedTest
  @CsvSource({
    "airdrop.boost, 1, airdrop.root",
    "airdrop.configuration, 1, airdrop.root",
    "airdrop.total, 1, airdrop.root",
    "airdrop.root, 1111111111111111111111111111111111111111111111111111111111111111, airdrop.total"
  })
  void refusesHalfAnAirdrop(String key, String value, String missing) {
    DeploymentParameters half =
        DeploymentParameters.ready("published-100")
            .with("parameters.policy-hash", "11".repeat(32))
            .with("rewards.updater", "0x00000000000000000000000000000000000000A1")
            .with("rewards.guardian", "0x00000000000000000000000000000000000000A2");
    assertThat(Plan.rollup(half).steps()).hasSize(15);
    assertThatThrownBy(() -> Plan.rollup(half.with(key, value))).hasMessageContaining(missing);
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> Plan.rollup(DeploymentParameters.ready("published-100")))
        .hasMessageContaining("parameters.policy-hash");
    assertThatThrownBy(() -> Plan.l1(DeploymentParameters.of(Map.of())))
        .hasMessageContaining("open.recipient");
  }
}
