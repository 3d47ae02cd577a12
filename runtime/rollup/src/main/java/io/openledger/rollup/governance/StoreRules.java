package io.openledger.rollup.governance;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.governance.GovernedParameter;
import io.openledger.api.governance.PolicyChange;
import java.time.Instant;
import java.util.Optional;

/**
 * What the parameter store would say to a change ({@code ParameterStore.sol}: {@code setParameter},
 * {@code setFeeSplit}, {@code setAttributionPolicy}), so that it can be told before a vote of weeks
 * rather than after it. A test holds it against the contract's own answers.
 */
final class StoreRules {

  /** The errors of the contract that a change can meet. */
  enum Error {
    UnknownParameter,
    OutOfBounds,
    VersionNotNewer,
    CooldownNotOver
  }

  /**
   * Why a change is refused.
   *
   * @param error as the contract names it
   * @param told in words
   */
  record Refusal(Error error, OpenLedgerException told) {}

  private StoreRules() {}

  /**
   * The refusal of a change that is executed at a time, as far as it can be known now: other
   * changes may come before it.
   *
   * @param at not before the state was read
   */
  static Optional<Refusal> refusal(StoreState state, PolicyChange change, Instant at) {
    if (change instanceof PolicyChange.Parameter parameter) {
      return parameter(state, parameter, at);
    }
    if (change instanceof PolicyChange.AttributionPolicy policy) {
      return policy.version() <= state.lastPolicy().version()
          ? refused(
              Error.VersionNotNewer,
              ErrorCode.INVALID_ARGUMENT,
              "version " + policy.version() + " of the attribution policy",
              "a version above " + state.lastPolicy().version() + ", the last one",
              "propose the policy with the next free version")
          : cooldown(change, state.policyFrom().plus(state.cooldown()), at);
    }
    return cooldown(change, state.splitFrom().plus(state.cooldown()), at);
  }

  private static Optional<Refusal> parameter(
      StoreState state, PolicyChange.Parameter change, Instant at) {
    Optional<GovernedParameter> known = state.parameter(change.key());
    if (known.isEmpty()) {
      return refused(
          Error.UnknownParameter,
          ErrorCode.INVALID_ARGUMENT,
          "parameter '" + change.key() + "'",
          String.join(", ", state.parameters().stream().map(GovernedParameter::key).toList()),
          "name one that the parameter store has");
    }
    GovernedParameter limits = known.get();
    if (change.value().compareTo(limits.minimum()) < 0
        || change.value().compareTo(limits.maximum()) > 0) {
      return refused(
          Error.OutOfBounds,
          ErrorCode.INVALID_ARGUMENT,
          change.key() + " of " + change.value(),
          limits.minimum() + " to " + limits.maximum() + ", which no vote can change",
          "propose a value within these bounds");
    }
    return cooldown(change, limits.nextChange(), at);
  }

  private static Optional<Refusal> cooldown(PolicyChange change, Instant next, Instant at) {
    return at.isBefore(next)
        ? refused(
            Error.CooldownNotOver,
            ErrorCode.CHANGE_TOO_SOON,
            "a change of "
                + change.subject()
                + " that could be executed from "
                + Words.time(at)
                + " on",
            "the next change of it from " + Words.time(next) + " on",
            "propose it later, so that it is executed after that time")
        : Optional.empty();
  }

  private static Optional<Refusal> refused(
      Error error, ErrorCode code, String arrived, String allowed, String remedy) {
    return Optional.of(new Refusal(error, new OpenLedgerException(code, arrived, allowed, remedy)));
  }
}
