package io.openledger.rollup.governance;

import io.openledger.api.Hash256;
import io.openledger.api.governance.GovernedParameter;
import io.openledger.api.reward.FeeSplit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The parameter store at a moment, and the distributor, which has one of the parameters again.
 *
 * @param changeDelay from a change to its effect
 * @param cooldown from an effect to the next change
 * @param parameters the numbers
 * @param split that holds
 * @param lastSplit of the last change, which may be still to come
 * @param splitFrom when that takes or took effect
 * @param policy that holds
 * @param lastPolicy of the last change
 * @param policyFrom when that takes or took effect
 * @param distributor that is known here, if one is
 */
record StoreState(
    Duration changeDelay,
    Duration cooldown,
    List<GovernedParameter> parameters,
    FeeSplit split,
    FeeSplit lastSplit,
    Instant splitFrom,
    PolicyVersion policy,
    PolicyVersion lastPolicy,
    Instant policyFrom,
    Optional<DistributorState> distributor) {

  StoreState {
    parameters = List.copyOf(parameters);
  }

  Optional<GovernedParameter> parameter(String key) {
    return parameters.stream().filter(p -> p.key().equals(key)).findFirst();
  }

  /**
   * A version of the attribution policy.
   *
   * @param version from 1
   * @param hash SHA-256 of its text
   */
  record PolicyVersion(long version, Hash256 hash) {}
}
