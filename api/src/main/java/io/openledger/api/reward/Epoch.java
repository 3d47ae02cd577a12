package io.openledger.api.reward;

import io.openledger.api.Hash256;
import java.time.Instant;

/**
 * A closed epoch: the totals ever earned by every account with an address, as one Merkle root.
 *
 * @param number from 1
 * @param closedAt when
 * @param root of the cumulative tree (Keccak-256, sorted pairs)
 * @param leaves how many accounts the tree holds
 * @param total the sum of the leaves' amounts, in wei; never below the epoch's before it
 * @param receiptHead the link of the last receipt that the epoch covers
 */
public record Epoch(
    long number, Instant closedAt, Hash256 root, int leaves, Wei total, Hash256 receiptHead) {}
