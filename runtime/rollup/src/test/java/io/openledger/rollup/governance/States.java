package io.openledger.rollup.governance;

import io.openledger.api.Hash256;
import io.openledger.api.governance.GovernanceStatus.Rules;
import io.openledger.api.governance.GovernedParameter;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.rollup.epochs.Deployed;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A governance without a chain, for tests of rendering. */
final class States {

  static final ChainAddress GOVERNOR = address(1);
  static final ChainAddress TIMELOCK = address(2);
  static final ChainAddress VOTES = address(3);
  static final ChainAddress STORE = address(4);
  static final ChainAddress ANCHOR = address(5);
  static final ChainAddress DISTRIBUTOR = address(6);
  static final ChainAddress STRANGER = address(0x666);
  static final Instant NOW = Instant.parse("2026-11-26T09:00:00Z");

  static final Deployed DEPLOYED = Deployed.of(1612, Hash256.sha256("genesis"), GOVERNOR);

  static final GovernanceContracts CONTRACTS =
      new GovernanceContracts(
          GOVERNOR,
          TIMELOCK,
          VOTES,
          STORE,
          Map.of(
              DISTRIBUTOR,
              new KnownContract(
                  "RewardDistributor",
                  List.of(
                      AbiSignature.parse("setActivationDelay(uint48)"),
                      AbiSignature.parse("setUpdater(address)"))),
              ANCHOR,
              new KnownContract(
                  "AttributionAnchor",
                  List.of(
                      AbiSignature.parse("setUpdater(address,string)"),
                      AbiSignature.parse("transferOwnership(address)")))));

  static final Rules RULES =
      new Rules(
          Duration.ofDays(1),
          Duration.ofDays(7),
          Duration.ofDays(2),
          Duration.ofDays(1),
          Duration.ofDays(1),
          Duration.ofDays(7),
          open(10_000),
          open(1_000),
          open(1_000),
          open(5_000));

  static final StoreState STORE_STATE =
      new StoreState(
          RULES.changeDelay(),
          RULES.cooldown(),
          List.of(
              parameter(PolicyChange.EPOCH_LENGTH, 3_600, 60, 2_592_000),
              parameter(PolicyChange.ACTIVATION_DELAY, 86_400, 60, 1_209_600),
              parameter("minimumClaim", 7, 1, 100)),
          FeeSplit.standard(),
          FeeSplit.standard(),
          NOW.minus(Duration.ofDays(30)),
          new StoreState.PolicyVersion(1, Hash256.sha256("policy 1")),
          new StoreState.PolicyVersion(1, Hash256.sha256("policy 1")),
          NOW.minus(Duration.ofDays(30)),
          Optional.of(
              new DistributorState(DISTRIBUTOR, TIMELOCK, true, Optional.of(Duration.ofDays(1)))));

  private States() {}

  static ChainAddress address(int number) {
    return new ChainAddress(String.format("0x%040x", number));
  }

  static Wei open(long amount) {
    return new Wei(BigInteger.valueOf(amount).multiply(BigInteger.TEN.pow(18)));
  }

  private static GovernedParameter parameter(String key, long value, long least, long most) {
    return new GovernedParameter(
        key,
        BigInteger.valueOf(value),
        BigInteger.valueOf(least),
        BigInteger.valueOf(most),
        Optional.empty(),
        NOW.minus(Duration.ofDays(23)));
  }

  static CallRenderer renderer() {
    return renderer(STORE_STATE);
  }

  static CallRenderer renderer(StoreState state) {
    return new CallRenderer(CONTRACTS, state, RULES, Optional.of(NOW.plus(Duration.ofDays(9))));
  }

  /** With another distributor, or none. */
  static StoreState with(Optional<DistributorState> distributor) {
    StoreState s = STORE_STATE;
    return new StoreState(
        s.changeDelay(),
        s.cooldown(),
        s.parameters(),
        s.split(),
        s.lastSplit(),
        s.splitFrom(),
        s.policy(),
        s.lastPolicy(),
        s.policyFrom(),
        distributor);
  }
}
