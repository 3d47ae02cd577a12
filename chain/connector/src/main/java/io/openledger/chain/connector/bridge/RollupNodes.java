package io.openledger.chain.connector.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.bridge.MerklePatricia.Path;
import io.openledger.chain.connector.rpc.HttpService;
import io.openledger.chain.connector.rpc.RpcException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;
import org.web3j.rlp.RlpDecoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * Asks the rollup's nodes what a withdrawal's proof is made of ({@code eth_getBlockByNumber},
 * {@code eth_getProof}). All of it is verified here, so the first node whose answer holds is
 * enough, and which one it is does not matter.
 *
 * <p>Nodes keep old states for a while only (some 128 blocks, unless they are archives): a proof is
 * best asked for soon after a state was proposed on L1.
 *
 * <p>Safe for any number of threads; each call holds its thread until it is answered, within the
 * nodes' limits.
 */
public final class RollupNodes {

  /** Any JSON. */
  static final class Answer extends Response<JsonNode> {}

  private final List<HttpService> nodes;

  /**
   * @param nodes of the rollup, the ones to ask first first; 1 or more
   */
  public RollupNodes(List<HttpService> nodes) {
    if (nodes.isEmpty()) {
      throw OpenLedgerException.invalid("nodes of the rollup", 0, "1 or more");
    }
    this.nodes = List.copyOf(nodes);
  }

  /**
   * What a node said of a slot of the message passer, and how it is proven.
   *
   * @param output of the block
   * @param path to the slot, under the output's storage root
   */
  record Verified(OutputRoot output, Path path) {}

  /**
   * The output of a block and the message passer's slot in it.
   *
   * @throws OpenLedgerException {@code CHAIN_UNAVAILABLE} if no node gave an answer that holds,
   *     with what was wrong with each
   */
  Verified slot(long block, Hash256 slot) {
    List<String> reasons = new ArrayList<>();
    for (HttpService node : nodes) {
      try {
        return slot(node, block, slot);
      } catch (RpcException e) {
        reasons.add(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        reasons.add(node.endpoint() + ": " + e.getMessage());
      }
    }
    throw new OpenLedgerException(
        ErrorCode.CHAIN_UNAVAILABLE,
        "no node of the rollup proves the state of block " + block + ": " + reasons,
        "a header that gives its hash, and proofs that lead from its state root to the slot",
        "configure a node that keeps the states since then (an archive node)");
  }

  private static Verified slot(HttpService node, long block, Hash256 slot) throws IOException {
    String number = "0x" + Long.toHexString(block);
    RollupHeader header =
        RollupHeader.of(ask(node, "eth_getBlockByNumber", List.of(number, false)))
            .filter(h -> h.number() == block)
            .orElseThrow(() -> new IOException("the header of block " + block + " is not genuine"));
    JsonNode proof =
        ask(
            node,
            "eth_getProof",
            List.of(BridgeAddresses.MESSAGE_PASSER.value(), List.of("0x" + slot.hex()), number));
    Hash256 storageRoot =
        storageRoot(header.stateRoot(), nodes(proof.path("accountProof")))
            .orElseThrow(() -> new IOException("the message passer's account is not proven"));
    Path path =
        MerklePatricia.follow(
                storageRoot.toBytes(),
                slot.toBytes(),
                nodes(proof.path("storageProof").path(0).path("proof")))
            .orElseThrow(() -> new IOException("the message passer's slot is not proven"));
    return new Verified(new OutputRoot(header.stateRoot(), storageRoot, header.hash()), path);
  }

  /** The third field of the account, if it is proven that the state has this account. */
  private static Optional<Hash256> storageRoot(Hash256 stateRoot, List<byte[]> proof) {
    byte[] address = RollupHeader.bytes(BridgeAddresses.MESSAGE_PASSER.value());
    return MerklePatricia.follow(stateRoot.toBytes(), address, proof)
        .flatMap(Path::value)
        .flatMap(
            account -> {
              List<RlpType> fields =
                  ((RlpList) RlpDecoder.decode(account).getValues().get(0)).getValues();
              byte[] root = ((RlpString) fields.get(2)).getBytes();
              return root.length == 32 ? Optional.of(Hash256.of(root)) : Optional.empty();
            });
  }

  private static List<byte[]> nodes(JsonNode array) throws IOException {
    List<byte[]> nodes = new ArrayList<>();
    for (JsonNode element : array) {
      String hex = element.asText();
      if (nodes.size() == MerklePatricia.DEEPEST
          || hex.length() > 2 + 2 * MerklePatricia.LONGEST_NODE
          || !hex.matches("0x([0-9a-fA-F]{2})+")) {
        throw new IOException("a proof with too many, too long or no nodes");
      }
      nodes.add(RollupHeader.bytes(hex));
    }
    return nodes;
  }

  private static JsonNode ask(HttpService node, String method, List<Object> parameters)
      throws RpcException, IOException {
    Answer answer = node.ask(new Request<>(method, parameters, node, Answer.class), Answer.class);
    JsonNode result = answer.getResult();
    if (result == null || !result.isObject()) {
      throw new IOException("knows nothing for " + method + " of " + parameters.get(0));
    }
    return result;
  }

  /** Whether a slot holds what the message passer writes for a message that was sent. */
  static boolean sent(Path path) {
    return path.value().filter(v -> Arrays.equals(v, new byte[] {1})).isPresent();
  }
}
