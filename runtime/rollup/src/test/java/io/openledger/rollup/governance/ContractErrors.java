package io.openledger.rollup.governance;

import io.openledger.chain.connector.tx.AbiSignature;
import java.util.HexFormat;

/** Selectors of the parameter store's errors, for a client that does not know their names. */
final class ContractErrors {

  private ContractErrors() {}

  static String selector(StoreRules.Error error) {
    String signature =
        switch (error) {
          case UnknownParameter -> "UnknownParameter(bytes32)";
          case OutOfBounds -> "OutOfBounds(bytes32,uint256,uint208,uint208)";
          case VersionNotNewer -> "VersionNotNewer(uint32,uint32)";
          case CooldownNotOver -> "CooldownNotOver(bytes32,uint48)";
        };
    return "0x" + HexFormat.of().formatHex(AbiSignature.parse(signature).selector());
  }
}
