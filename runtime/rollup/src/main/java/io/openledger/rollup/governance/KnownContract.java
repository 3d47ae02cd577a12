package io.openledger.rollup.governance;

import io.openledger.chain.connector.tx.AbiSignature;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A contract whose functions can be told.
 *
 * @param name as the address book has it
 * @param functions that it has
 */
public record KnownContract(String name, List<AbiSignature> functions) {

  public KnownContract {
    functions = List.copyOf(functions);
  }

  /** The function that calldata begins with, if the contract has it. */
  Optional<AbiSignature> function(byte[] data) {
    return functions.stream().filter(f -> begins(f, data)).findFirst();
  }

  static boolean begins(AbiSignature function, byte[] data) {
    return data.length >= 4 && Arrays.equals(data, 0, 4, function.selector(), 0, 4);
  }
}
