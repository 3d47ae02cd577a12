package io.openledger.chain.connector.contracts;

import io.openledger.api.ErrorCode;
import io.openledger.api.OpenLedgerException;
import io.openledger.chain.connector.tx.AbiSignature;
import java.util.List;

/** A function of a contract: its calldata and what it returns. Immutable. */
public final class AbiFunction {

  private final AbiSignature signature;
  private final List<AbiParameter> results;
  private final AbiSignature returned;

  AbiFunction(AbiSignature signature, List<AbiParameter> results) {
    this.signature = signature;
    this.results = results;
    this.returned = AbiSignature.parse("returned" + AbiParameter.types(results));
  }

  /** Name and argument types. */
  public AbiSignature signature() {
    return signature;
  }

  /**
   * Calldata; {@link AbiSignature} says how values are given.
   *
   * @throws OpenLedgerException if number, type or range of the arguments differ
   */
  public byte[] encode(Object... arguments) {
    return signature.encodeCall(arguments);
  }

  /**
   * What a call returned.
   *
   * @throws OpenLedgerException {@code CHAIN_REFUSED} if the bytes are no encoding of it: whatever
   *     answers there is not this function
   */
  public AbiValues decode(byte[] answer) {
    try {
      return new AbiValues(results, returned.decodeArguments(answer));
    } catch (OpenLedgerException e) {
      throw new OpenLedgerException(
          ErrorCode.CHAIN_REFUSED,
          "an answer of " + answer.length + " bytes to " + signature,
          "an encoding of " + AbiParameter.types(results),
          "check that the address is that of the contract which it should be",
          e);
    }
  }

  /** The canonical text. */
  @Override
  public String toString() {
    return signature.toString();
  }
}
