package io.openledger.chain.connector.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * A block's header whose fields have been hashed: they are what the hash stands for (Yellow Paper,
 * section 4.3; EIP-1559, EIP-4895, EIP-4844, EIP-4788, EIP-7685 added the fields at the end).
 *
 * @param number of the block
 * @param hash of the header
 * @param stateRoot of the state after the block
 */
record RollupHeader(long number, Hash256 hash, Hash256 stateRoot) {

  /** In the order of the header. Numbers are encoded without leading zeroes, the rest as it is. */
  private static final List<String> FIELDS =
      List.of(
          "parentHash",
          "sha3Uncles",
          "miner",
          "stateRoot",
          "transactionsRoot",
          "receiptsRoot",
          "logsBloom",
          "#difficulty",
          "#number",
          "#gasLimit",
          "#gasUsed",
          "#timestamp",
          "extraData",
          "mixHash",
          "nonce",
          "#baseFeePerGas",
          "withdrawalsRoot",
          "#blobGasUsed",
          "#excessBlobGas",
          "parentBeaconBlockRoot",
          "requestsHash");

  private static final int REQUIRED = 15;

  /**
   * Reads the answer of {@code eth_getBlockByNumber}.
   *
   * @return empty if it is no block, or if its fields do not give its hash: fields of an upgrade
   *     that is not known here, or a lie
   */
  static Optional<RollupHeader> of(JsonNode block) {
    try {
      List<RlpType> fields = new ArrayList<>();
      for (int i = 0; i < FIELDS.size(); i++) {
        String name = FIELDS.get(i);
        boolean number = name.startsWith("#");
        JsonNode value = block.path(number ? name.substring(1) : name);
        if (!value.isTextual()) {
          if (i < REQUIRED) {
            return Optional.empty();
          }
          break; // fields were only ever added at the end
        }
        fields.add(
            number ? RlpString.create(quantity(value)) : RlpString.create(bytes(value.asText())));
      }
      byte[] hash = Hash.sha3(RlpEncoder.encode(new RlpList(fields)));
      if (!Arrays.equals(hash, bytes(block.path("hash").asText()))) {
        return Optional.empty();
      }
      return Optional.of(
          new RollupHeader(
              quantity(block.path("number")).longValueExact(),
              Hash256.of(hash),
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
