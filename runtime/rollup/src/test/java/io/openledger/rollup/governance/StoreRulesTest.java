package io.openledger.rollup.governance;

import static org.assertj.core.api.Assertions.assertThat;

import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.reward.FeeRole;
import io.openledger.api.reward.FeeSplit;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.Finality;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The contract itself is the plain twin: it is asked what it says to the same change. */
class StoreRulesTest {

  @Test
  void refusesWhatTheContractRefusesAndNothingElse() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int refusals = 0;
    int accepted = 0;
    try (GovernedChain chain = new GovernedChain()) {
      chain.anvil.setBalance(chain.contracts.timelock(), States.open(1));
      chain.anvil.rpc("anvil_impersonateAccount", chain.contracts.timelock().value());
      for (int round = 0; round < 12; round++) {
        for (int i = 0; i < 25; i++) {
          PolicyChange change = random(random);
          ChainView view = ChainView.of(chain.client, Finality.UNSAFE);
          StoreState state = new StoreReader(chain.contracts).now(view);
          Optional<StoreRules.Refusal> refusal = StoreRules.refusal(state, change, view.now());
          String contract = contract(chain, change, view);
          assertThat(refusal.map(r -> r.error().name()).orElse(""))
              .as("seed %d, round %d: %s at %s, of %s", seed, round, change, view.now(), contract)
              .isEqualTo(contract);
          if (refusal.isPresent()) {
            refusals++;
          } else {
            accepted++;
          }
        }
        // another state: some change is made, and time passes
        Optional<PolicyChange> next = Optional.of(random(random));
        ChainView view = ChainView.of(chain.client, Finality.UNSAFE);
        if (contract(chain, next.get(), view).isEmpty()) {
          chain.anvil.rpc(
              "eth_sendTransaction",
              Map.of(
                  "from",
                  chain.contracts.timelock().value(),
                  "to",
                  chain.contracts.store().value(),
                  "data",
                  "0x" + java.util.HexFormat.of().formatHex(PolicyReadings.encode(next.get()))));
        }
        // often to the very second in which a cooldown is over, or one beside it
        StoreState state = new StoreReader(chain.contracts).now(view);
        long edge =
            (random.nextBoolean() ? state.splitFrom() : state.policyFrom())
                    .plus(state.cooldown())
                    .getEpochSecond()
                + random.nextInt(3)
                - 1;
        if (random.nextBoolean() && edge > chain.anvil.now().getEpochSecond()) {
          chain.anvil.rpc("evm_setNextBlockTimestamp", edge);
          chain.anvil.mine(1);
        } else {
          chain.anvil.advance(Duration.ofSeconds(60 + random.nextInt(40 * 24 * 3_600)));
        }
      }
    }
    assertThat(refusals).as("seed %d", seed).isGreaterThan(20);
    assertThat(accepted).as("seed %d", seed).isGreaterThan(20);
  }

  /** The name of the error that the contract answers with; empty if it accepts. */
  private static String contract(GovernedChain chain, PolicyChange change, ChainView view) {
    try {
      chain.client.call(
          new Call(
              Optional.of(chain.contracts.timelock()),
              Optional.of(chain.contracts.store()),
              Wei.ZERO,
              PolicyReadings.encode(change)),
          view.moment().block());
      return "";
    } catch (OpenLedgerException e) {
      for (StoreRules.Error error : StoreRules.Error.values()) {
        if (e.getMessage().contains(error.name())
            || e.getMessage().contains(ContractErrors.selector(error))) {
          return error.name();
        }
      }
      return e.getMessage();
    }
  }

  private static PolicyChange random(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> PolicyChange.feeSplit(split(random));
      case 1 ->
          new PolicyChange.AttributionPolicy(
              1 + random.nextInt(4), Hash256.sha256("policy " + random.nextInt()));
      default ->
          new PolicyChange.Parameter(
              List.of("epochLength", "activationDelay", "epochLength2", "x")
                  .get(random.nextInt(8) == 0 ? 2 + random.nextInt(2) : random.nextInt(2)),
              switch (random.nextInt(4)) {
                case 0 -> BigInteger.valueOf(59 + random.nextInt(3));
                case 1 -> BigInteger.valueOf(14 * 24 * 3_600 - 1 + random.nextInt(3));
                case 2 -> BigInteger.valueOf(random.nextInt(3_000_000));
                default -> new BigInteger(208, random);
              });
    };
  }

  private static FeeSplit split(Random random) {
    int contributors = random.nextInt(10_001);
    int rest = 10_000 - contributors;
    int operator = random.nextInt(rest + 1);
    return new FeeSplit(
        Map.of(
            FeeRole.CONTRIBUTORS, contributors,
            FeeRole.NODE_OPERATOR, operator,
            FeeRole.STAKERS, rest - operator));
  }
}
