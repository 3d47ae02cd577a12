package io.openledger.chain.connector.bridge;

import io.openledger.api.ErrorCode;
import io.openledger.api.Hash256;
import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import io.openledger.chain.connector.tx.AbiSignature;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A function of a contract that only reads: its signature and what it returns. */
final class View {

  private final AbiSignature function;
  private final AbiSignature returns;

  /**
   * @param function such as {@code balanceOf(address)}
   * @param returns types in brackets, such as {@code (uint256)}
   */
  View(String function, String returns) {
    this.function = AbiSignature.parse(function);
    this.returns = AbiSignature.parse("returns" + returns);
  }

  /**
   * What it returns in the newest block.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if it reverts, or if there is no such
   *     function
   */
  List<Object> ask(ChainClient chain, ChainAddress contract, Object... arguments) {
    byte[] answer = chain.call(Call.to(contract, function.encodeCall(arguments)), Finality.UNSAFE);
    try {
      return returns.decodeArguments(answer);
    } catch (OpenLedgerException e) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "contract " + contract + " answered " + function + " with " + answer.length + " bytes",
          "what the OP Stack's contracts return",
          "check the configured addresses of the bridge",
          e);
    }
  }

  /** Likewise the first value that it returns. */
  Object one(ChainClient chain, ChainAddress contract, Object... arguments) {
    return ask(chain, contract, arguments).get(0);
  }

  /**
   * What it returns, or empty if it reverts or there is no such function. Nodes that do not answer
   * are no reason for an empty answer.
   */
  Optional<List<Object>> maybe(ChainClient chain, ChainAddress contract, Object... arguments) {
    try {
      return Optional.of(ask(chain, contract, arguments));
    } catch (OpenLedgerException e) {
      if (e.code() == ErrorCode.CHAIN_REFUSED) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Likewise the first value. */
  Optional<Object> maybeOne(ChainClient chain, ChainAddress contract, Object... arguments) {
    return maybe(chain, contract, arguments).map(values -> values.get(0));
  }

  /** An address out of a topic. */
  static ChainAddress address(Hash256 topic) {
    return new ChainAddress("0x" + HexFormat.of().formatHex(topic.toBytes(), 12, 32));
  }
}
