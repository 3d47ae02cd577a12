package io.openledger.rollup.governance;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.chain.connector.tx.AbiSignature;
import io.openledger.rollup.governance.ChainView.Question;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/**
 * The reward distributor at a moment, as far as votes reach it. It has a delay of its own: what the
 * parameter store says of it has no effect on claims unless the same proposal calls this too.
 *
 * @param contract where it is
 * @param owner who may change it
 * @param governed whether that is the timelock
 * @param delay from the posting of a root to when claims can be made against it; empty: not known,
 *     as of a former time
 */
record DistributorState(
    ChainAddress contract, ChainAddress owner, boolean governed, Optional<Duration> delay) {

  /** See {@code IRewardDistributor.sol}. */
  static final AbiSignature SET_DELAY = AbiSignature.parse("setActivationDelay(uint48)");

  /** The contract's own, in seconds: 1 hour to 30 days ({@code RewardDistributor.sol}). */
  static final BigInteger LEAST = BigInteger.valueOf(3_600);

  static final BigInteger MOST = BigInteger.valueOf(30 * 86_400);

  private static final Question OWNER = Question.of("owner()", "(address)");
  private static final Question DELAY = Question.of("activationDelay()", "(uint48)");

  /** The distributor that is known here, if one is, in the view's block. */
  static Optional<DistributorState> read(ChainView view, GovernanceContracts contracts) {
    return contracts
        .distributor()
        .map(
            contract -> {
              ChainAddress owner = (ChainAddress) view.ask(contract, OWNER).get(0);
              return new DistributorState(
                  contract,
                  owner,
                  owner.equals(contracts.timelock()),
                  Optional.of(Duration.ofSeconds(view.number(contract, DELAY).longValueExact())));
            });
  }

  /** Whether the contract takes this delay of its owner. */
  static boolean takes(BigInteger seconds) {
    return seconds.compareTo(LEAST) >= 0 && seconds.compareTo(MOST) <= 0;
  }

  /** Of a former time: who owned it then is told as it is now. */
  DistributorState before() {
    return new DistributorState(contract, owner, governed, Optional.empty());
  }

  /** The call that sets it. */
  RawCall call(BigInteger seconds) {
    return new RawCall(contract, Wei.ZERO, SET_DELAY.encodeCall(seconds));
  }
}
