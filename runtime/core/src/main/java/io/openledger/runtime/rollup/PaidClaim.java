package io.openledger.runtime.rollup;

import io.openledger.api.Hash256;
import io.openledger.api.reward.AccountId;
import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;

/**
 * A claim that the server has handed to the chain.
 *
 * @param account whose
 * @param address where it is paid
 * @param cumulative what the account will have claimed ever, in wei
 * @param amount what that pays, in wei
 * @param businessKey of the message; several accounts may share one
 * @param state how far the message is, in the outbox's word
 * @param transaction the hash that is in a block; else the one that was sent last
 */
public record PaidClaim(
    AccountId account,
    ChainAddress address,
    Wei cumulative,
    Wei amount,
    String businessKey,
    String state,
    Hash256 transaction) {}
