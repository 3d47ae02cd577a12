package io.openledger.rollup.reader;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import io.openledger.runtime.rollup.ChainAccounts;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A stake as the chain has it.
 *
 * @param number its own, from 1
 * @param configuration on whose terms
 * @param holder who can withdraw it
 * @param principal in wei
 * @param reward at maturity, in wei; zero from when its holder left earlier
 * @param maturity from when the reward is earned
 * @param withdrawableAt from when it can be withdrawn, once its holder asked to leave
 * @param withdrawn whether it was paid back
 */
record ChainStake(
    BigInteger number,
    BigInteger configuration,
    ChainAddress holder,
    Wei principal,
    Wei reward,
    Instant maturity,
    Optional<Instant> withdrawableAt,
    boolean withdrawn) {

  static ChainStake begun(ChainEvent event) {
    return new ChainStake(
        event.integer("stake"),
        event.integer("configuration"),
        event.address("holder"),
        new Wei(event.integer("principal")),
        new Wei(event.integer("reward")),
        Instant.ofEpochSecond(event.number("maturity")),
        Optional.empty(),
        false);
  }

  ChainAccounts.Stake told() {
    return new ChainAccounts.Stake(
        number, configuration, principal, reward, maturity, withdrawableAt, withdrawn);
  }

  ChainStake after(ChainEvent event) {
    return switch (event.name()) {
      case "ToppedUp" ->
          with(
              principal.plus(new Wei(event.integer("principal"))),
              reward.plus(new Wei(event.integer("reward"))),
              withdrawableAt,
              withdrawn);
      case "LeaveRequested" ->
          with(
              principal,
              reward.minus(new Wei(event.integer("forfeited"))),
              Optional.of(Instant.ofEpochSecond(event.number("withdrawableAt"))),
              withdrawn);
      case "Withdrawn" -> with(principal, reward, withdrawableAt, true);
      default -> this;
    };
  }

  private ChainStake with(
      Wei newPrincipal, Wei newReward, Optional<Instant> newWithdrawableAt, boolean newWithdrawn) {
    return new ChainStake(
        number,
        configuration,
        holder,
        newPrincipal,
        newReward,
        maturity,
        newWithdrawableAt,
        newWithdrawn);
  }
}
