package io.openledger.api.datanet;

import io.openledger.api.Hash256;

/**
 * A datanet's state at a version.
 *
 * @param datanet which
 * @param version how many changes (acceptances and retractions) went before
 * @param accepted how many contributions were ever accepted: the number of leaves of the tree
 * @param active how many of them are not retracted
 * @param root the Merkle root over all accepted contributions in order of acceptance (SHA-256, RFC
 *     6962 §2.1; a leaf is the SHA-256 of a contribution's canonical commitment)
 */
public record DatanetSnapshot(
    DatanetId datanet, long version, long accepted, long active, Hash256 root) {}
