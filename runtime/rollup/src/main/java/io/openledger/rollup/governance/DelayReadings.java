package io.openledger.rollup.governance;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.PolicyChange;
import io.openledger.api.governance.ProposedCall.Danger;
import io.openledger.api.governance.ProposedCall.Difference;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.tx.AbiSignature;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How the two places that have an activation delay fit together in one proposal: the parameter
 * store, which is what is voted on, and the distributor, which is what holds. Immutable.
 */
final class DelayReadings {

  private final Optional<DistributorState> distributor;
  private final Set<BigInteger> kept;
  private final Set<BigInteger> called;

  /**
   * @param calls of the proposal itself; what they make others call does not count, because it need
   *     not happen with them
   */
  DelayReadings(
      GovernanceContracts contracts, Optional<DistributorState> distributor, List<RawCall> calls) {
    this.distributor = distributor;
    this.kept = new HashSet<>();
    this.called = new HashSet<>();
    for (RawCall call : calls) {
      if (call.target().equals(contracts.store())) {
        arguments(PolicyReadings.SET_PARAMETER, call)
            .filter(a -> Words.key((byte[]) a.get(0)).equals(PolicyChange.ACTIVATION_DELAY))
            .ifPresent(a -> kept.add((BigInteger) a.get(1)));
      } else if (is(call.target())) {
        arguments(DistributorState.SET_DELAY, call)
            .ifPresent(a -> called.add((BigInteger) a.get(0)));
      }
    }
  }

  private static Optional<List<Object>> arguments(AbiSignature function, RawCall call) {
    if (!KnownContract.begins(function, call.data())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          function.decodeArguments(Arrays.copyOfRange(call.data(), 4, call.data().length)));
    } catch (OpenLedgerException e) {
      return Optional.empty(); // it is told as unreadable where it stands
    }
  }

  /** Whether an address is the distributor's. */
  boolean is(ChainAddress target) {
    return distributor.filter(d -> d.contract().equals(target)).isPresent();
  }

  /** Whether the proposal sets both to this, and neither to anything else. */
  private boolean both(BigInteger seconds) {
    return kept.equals(Set.of(seconds)) && called.equals(kept);
  }

  /** What a change of the parameter does to claims. */
  String effect(BigInteger seconds) {
    if (both(seconds) && distributor.filter(DistributorState::governed).isPresent()) {
      return "The distributor takes it by the call of its setActivationDelay in this proposal.";
    }
    String why =
        distributor
            .map(
                d ->
                    d.governed()
                        ? "that takes a call of RewardDistributor.setActivationDelay with the same"
                            + " time, which this proposal has not."
                        : "it is owned by "
                            + d.owner()
                            + " and not by the timelock, so that no vote can change it.")
            .orElse("no distributor is known here.");
    return "This has no effect on claims: the distributor has a delay of its own, and " + why;
  }

  /** What {@code setActivationDelay} does. */
  Reading read(List<Object> arguments) {
    BigInteger seconds = (BigInteger) arguments.get(0);
    DistributorState state = distributor.orElseThrow();
    String after = Words.duration(seconds);
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "Has the distributor wait for "
            + after
            + " from the posting of a root to claims against it, for roots that are posted after"
            + " this is executed"
            + state
                .delay()
                .map(now -> "; now it waits for " + Words.duration(seconds(now)))
                .orElse("")
            + ".");
    boolean refused = true;
    if (!DistributorState.takes(seconds)) {
      sentences.add(
          "The contract would refuse it, and the whole proposal with it: allowed is "
              + Words.duration(DistributorState.LEAST)
              + " to "
              + Words.duration(DistributorState.MOST)
              + ".");
    } else if (!state.governed()) {
      sentences.add(
          "The contract would refuse it, and the whole proposal with it: it is owned by "
              + state.owner()
              + " and not by the timelock.");
    } else {
      refused = false;
      if (!both(seconds)) {
        sentences.add("The proposal does not set the parameter activationDelay to the same.");
      }
    }
    return Reading.of(
        refused || !both(seconds) ? Danger.NOTABLE : Danger.ROUTINE,
        sentences,
        List.of(
            new Difference(
                "the distributor's delay",
                state.delay().map(now -> Words.duration(seconds(now))).orElse(""),
                after)));
  }

  private static BigInteger seconds(Duration time) {
    return BigInteger.valueOf(time.toSeconds());
  }
}
