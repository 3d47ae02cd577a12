package io.openledger.runtime.rollup;

import io.openledger.api.reward.ChainAddress;
import io.openledger.api.reward.Wei;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a request costs at most, and how it is paid.
 *
 * @param chainId the chain of the contract
 * @param contract the {@code PaymentChannel}
 * @param asset the token; empty: the native coin
 * @param payee for whom a channel must be
 * @param price most that the request can cost
 * @param quote names request, price, end and a nonce; authenticated
 * @param expires when the quote ends
 * @param answerWithin how long an answer is waited for
 * @param minimumDeposit what a channel must hold to be taken
 */
public record PaymentOffer(
    long chainId,
    ChainAddress contract,
    Optional<ChainAddress> asset,
    ChainAddress payee,
    Wei price,
    String quote,
    Instant expires,
    Duration answerWithin,
    Wei minimumDeposit) {}
