package io.openledger.chain.connector.bridge;

import io.openledger.api.Hash256;
import java.util.List;
import org.web3j.crypto.Hash;

/**
 * What an output root commits to (OP Stack specification, "L2 Output Commitment Construction",
 * version 0).
 *
 * @param stateRoot of the rollup's block
 * @param storageRoot of the message passer in that state
 * @param blockHash of the block
 */
record OutputRoot(Hash256 stateRoot, Hash256 storageRoot, Hash256 blockHash) {

  /** Keccak-256 of version, state root, storage root and block hash: what L1 has been told. */
  Hash256 hash() {
    byte[] preimage = new byte[128];
    System.arraycopy(stateRoot.toBytes(), 0, preimage, 32, 32);
    System.arraycopy(storageRoot.toBytes(), 0, preimage, 64, 32);
    System.arraycopy(blockHash.toBytes(), 0, preimage, 96, 32);
    return Hash256.of(Hash.sha3(preimage));
  }

  /** The tuple that the portal takes. */
  List<Object> tuple() {
    return List.of(new byte[32], stateRoot.toBytes(), storageRoot.toBytes(), blockHash.toBytes());
  }
}
