package io.openledger.chain.connector.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.Hash256;
import java.util.ArrayList;
import java.util.List;
import org.web3j.crypto.Hash;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * The hash of a block's header, from its fields (Yellow Paper, section 4.3; EIP-1559, EIP-4895,
 * EIP-4844, EIP-4788 and EIP-7685 added the fields at the end): a header that gives the block's
 * hash is the one that the hash stands for, whoever tells it.
 */
public final class HeaderHash {

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

  private HeaderHash() {}

  /**
   * Computes it.
   *
   * @param block the answer of {@code eth_getBlockByNumber} or {@code eth_getBlockByHash}; fields
   *     of an upgrade that is not known here are not hashed, so that the hash is another
   * @throws IllegalArgumentException if a field is missing or is not hexadecimal
   */
  public static Hash256 of(JsonNode block) {
    List<RlpType> fields = new ArrayList<>();
    for (int i = 0; i < FIELDS.size(); i++) {
      String field = FIELDS.get(i);
      boolean number = field.startsWith("#");
      JsonNode value = block.get(number ? field.substring(1) : field);
      if (i < REQUIRED || !Reading.absent(value)) {
        fields.add(
            number
                ? RlpString.create(Reading.quantity(value))
                : RlpString.create(Reading.bytes(value)));
      }
    }
    return Hash256.of(Hash.sha3(RlpEncoder.encode(new RlpList(fields))));
  }
}
