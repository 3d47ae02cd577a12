package io.openledger.chain.connector.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import io.openledger.chain.connector.rpc.HeaderHash;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A block's header whose fields have been hashed: they are what the hash stands for.
 *
 * @param number of the block
 * @param hash of the header
 * @param stateRoot of the state after the block
 */
record RollupHeader(long number, Hash256 hash, Hash256 stateRoot) {

  /**
   * Reads the answer of {@code eth_getBlockByNumber}.
   *
   * @return empty if it is no block, or if its fields do not give its hash: fields of an upgrade
   *     that is not known here, or a lie
   */
  static Optional<RollupHeader> of(JsonNode block) {
    try {
      Hash256 hash = HeaderHash.of(block);
      if (!hash.equals(Hash256.of(bytes(block.path("hash").asText())))) {
        return Optional.empty();
      }
      return Optional.of(
          new RollupHeader(
              quantity(block.path("number")).longValueExact(),
              hash,
              Hash256.parse(block.path("stateRoot").asText())));
    } catch (RuntimeException e) {
      return Optional.empty(); // not hexadecimal, or out of range
    }
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.substring(2));
  }

  private static BigInteger quantity(JsonNode hex) {
    return new BigInteger(hex.asText().substring(2), 16);
  }
}
