package io.openledger.runtime.datanet;

import io.openledger.api.Hash256;
import io.openledger.api.datanet.Datanet;
import io.openledger.api.datanet.DatanetSnapshot;

/**
 * A datanet with what only the store needs.
 *
 * @param datanet what everybody sees
 * @param uid tells it from another of the same name in another database
 * @param frontier of its Merkle tree
 * @param root of its Merkle tree
 */
record DatanetRow(Datanet datanet, String uid, MerkleFrontier frontier, Hash256 root) {

  DatanetSnapshot snapshot() {
    return new DatanetSnapshot(
        datanet.id(), datanet.version(), frontier.size(), datanet.contributions(), root);
  }
}
