package io.openledger.chain.connector.contracts;

import io.openledger.api.OpenLedgerException;
import io.openledger.api.reward.ChainAddress;
import io.openledger.chain.connector.rpc.Call;
import io.openledger.chain.connector.rpc.ChainClient;
import io.openledger.chain.connector.rpc.Finality;
import java.util.function.Supplier;

/**
 * A contract at an address.
 *
 * @param abi what it can be asked
 * @param address where it is
 */
public record Contract(ContractAbi abi, ChainAddress address) {

  /** Calldata of a function. */
  public byte[] encode(String function, Object... arguments) {
    return abi.function(function).encode(arguments);
  }

  /**
   * Asks a function on the newest state that is so settled.
   *
   * @param function its name, or its signature where there are several of the name
   * @throws OpenLedgerException as {@link ChainClient#call(Call, Finality)}; {@code CHAIN_REFUSED}
   *     also for an answer that is none of this function
   */
  public AbiValues read(
      ChainClient client, Finality finality, String function, Object... arguments) {
    AbiFunction asked = abi.function(function);
    Call call = Call.to(address, asked.encode(arguments));
    return asked.decode(explained(() -> client.call(call, finality)));
  }

  /**
   * Asks a function on the state of a block.
   *
   * @throws OpenLedgerException as {@link ChainClient#call(Call, long)}; {@code CHAIN_REFUSED} also
   *     for an answer that is none of this function
   */
  public AbiValues read(ChainClient client, long block, String function, Object... arguments) {
    AbiFunction asked = abi.function(function);
    Call call = Call.to(address, asked.encode(arguments));
    return asked.decode(explained(() -> client.call(call, block)));
  }

  private byte[] explained(Supplier<byte[]> answer) {
    try {
      return answer.get();
    } catch (OpenLedgerException e) {
      throw abi.explained(e);
    }
  }

  /** Name and address. */
  @Override
  public String toString() {
    return abi.name() + " at " + address;
  }
}
