package io.openledger.api.reward;

import java.math.BigInteger;
import java.util.Optional;

/**
 * An account and its balance.
 *
 * @param id which account
 * @param address where on the rollup its owner is paid
 * @param balance credits less debits, in wei; negative for payers, who owe
 * @param earned credits ever, in wei: what the cumulative tree holds
 * @param entries how many entries it has
 */
public record Account(
    AccountId id, Optional<ChainAddress> address, BigInteger balance, Wei earned, long entries) {}
