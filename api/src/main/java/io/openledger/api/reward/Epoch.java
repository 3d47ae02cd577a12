package io.openledger.api.reward;

import io.openledger.api.Hash256;
import java.time.Instant;
import java.util.Optional;

/**
 * A closed epoch: the totals ever earned by every account with an address, as one Merkle root.
 *
 * @param number from 1
 * @param closedAt when
 * @param root of the cumulative tree (Keccak-256, sorted pairs)
 * @param leaves how many accounts the tree holds
 * @param total the sum of the leaves' amounts, in wei; never below the epoch's before it
 * @param receiptHead the link of the last receipt that the epoch covers
 * @param dataDigest SHA-256 of the published amounts, from which anyone rebuilds the tree; empty
 *     for epochs from before it was taken, which are on no chain
 */
public record Epoch(
    long number,
    Instant closedAt,
    Hash256 root,
    int leaves,
    Wei total,
    Hash256 receiptHead,
    Optional<Hash256> dataDigest) {}
