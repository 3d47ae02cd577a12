package io.openledger.rollup.registration;

import io.openledger.api.Hash256;
import java.math.BigInteger;
import java.util.List;

/**
 * A version that is to be anchored.
 *
 * @param kind of what
 * @param name of the datanet or model on this server
 * @param version above all that were anchored
 * @param root or digest
 * @param size contributions ever accepted, or bytes
 * @param licences digest over them
 */
record Entry(Kind kind, String name, long version, Hash256 root, long size, Hash256 licences) {

  /** As {@code anchorMany} takes it. */
  List<Object> values(Hash256 id) {
    List<Object> datanet =
        List.of(
            id.toBytes(),
            BigInteger.valueOf(version),
            root.toBytes(),
            BigInteger.valueOf(size),
            licences.toBytes());
    if (kind == Kind.DATANET) {
      return datanet;
    }
    // what it was trained with is not stated
    return List.of(
        datanet.get(0),
        datanet.get(1),
        datanet.get(2),
        datanet.get(3),
        datanet.get(4),
        new byte[32]);
  }
}
