package io.openledger.api.reward;

import io.openledger.api.Hash256;

/**
 * A claim that was handed to the chain.
 *
 * @param account whose
 * @param address where it is paid
 * @param amount what it pays, in wei
 * @param transaction the hash that is in a block, else the one that was sent last; several accounts
 *     may share one
 */
public record ClaimPayment(
    AccountId account, ChainAddress address, Wei amount, Hash256 transaction) {}
